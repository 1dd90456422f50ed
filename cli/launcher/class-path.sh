# Sourced by weir and by the training run of its ahead-of-time cache.

# class_path_of COMMAND [ARGUMENT...]: sets class_path to the jars of .weir/classpath that the command needs, which are in three parts
# behind each other: for track only the first, unless it writes a DuckDB file or to Kafka, or serves the web page, whose libraries are in the second; for cluster also the third,
# the stream engine. Sets cache to the ahead-of-time cache that was made with it, or with what it begins with. A class that is nowhere, as
# picocli asks for, has the JVM open every jar of its class path, and these are many. Each cache serves only the JVM that wrote it.
class_path_of() {
  local jar arguments=$* few= parts=2
  [[ ${1:-} == track && ${arguments,,} != *duckdb* && ${arguments,,} != *kafka:* && $arguments != *--web* ]] && few=track parts=1
  [[ ${1:-} == cluster ]] && parts=3
  class_path=
  cache=$built/weir-$java_version-${few:-all}.aot
  [[ -e $built/classpath ]] || return 0
  while read -r jar; do
    if [[ -z $jar ]]; then
      ((--parts > 0)) || break
    else
      class_path+=${class_path:+:}$built/lib/$jar
    fi
  done <"$built/classpath"
}

# Whether both caches are there; an empty one says that it could not be made.
has_caches() { [[ -e $built/weir-$java_version-track.aot && -e $built/weir-$java_version-all.aot ]]; }

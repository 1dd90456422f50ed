# Sourced by weir and by the training run of its ahead-of-time cache.

# class_path_of COMMAND: sets class_path to the jars of .weir/classpath, for track only to those before the empty line. A class that is
# nowhere, as picocli asks for, has the JVM open every jar of its class path, and these are many. The cache serves both: it was made
# with the first part, and takes a class path that begins with it.
class_path_of() {
  local jar
  class_path=
  while read -r jar; do
    if [[ -z $jar ]]; then
      [[ $1 == track ]] && break
    else
      class_path+=${class_path:+:}$built/lib/$jar
    fi
  done <"$built/classpath"
}

# Builds what weir runs into .weir: jars, class path, ahead-of-time cache. Sourced by weir when something is missing or old; one at a
# time, others wait for it. Sets nothing that weir reads; fails with one line and the log's place.

build_failed() {
  echo "weir: $1" >&2
  return 1
}

# The compile that checks nothing: ./check does.
compile() {
  JAVA_HOME=$java_home MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow mvn -B -q -f "$home/pom.xml" -P launcher -pl cli,labs,bench,cluster -am \
    package dependency:copy-dependencies dependency:build-classpath -DincludeScope=runtime -DoutputDirectory="$built/new/lib" \
    -Dmdep.outputFile=target/launcher/runtime-classpath >"$log" 2>&1 </dev/null
}

# Jars of the class paths of these modules, one a line, sorted.
jars_of() {
  local module
  for module; do tr ':' '\n' <"$home/$module/target/launcher/runtime-classpath"; echo; done | sed 's|.*/||' | grep . | sort -u
}

# Orders the class path: first what weir track needs, after an empty line what else there is, after another one what weir cluster
# alone needs; see class-path.sh. Jars are prepared for quick starts, see PrepareJar.java.
assemble() {
  local jar
  cp "$home"/cli/target/launcher/weir-cli-*.jar "$home"/labs/target/launcher/weir-labs-*.jar "$home"/bench/target/launcher/weir-bench-*.jar "$home"/cluster/target/launcher/weir-cluster-*.jar "$built/new/lib/" || return
  mkdir -p "$built/new/tool" || return
  "$java_home/bin/javac" -d "$built/new/tool" "$home/cli/launcher/PrepareJar.java" >>"$log" 2>&1 || return
  for jar in "$built"/new/lib/{picocli,weir}-*.jar; do
    "$java_home/bin/java" -cp "$built/new/tool:$built/new/lib/*" PrepareJar "$jar" "$jar.prepared" >>"$log" 2>&1 && mv "$jar.prepared" "$jar" || return
  done
  rm -rf "$built/new/tool"
  unpack_zstd
  (
    cd "$built/new/lib" || exit
    ls weir-cli-*.jar picocli-*.jar weir-packet-*.jar weir-table-*.jar weir-wire-*.jar weir-dataplane-*.jar weir-export-*.jar zstd-jni-*.jar jspecify-*.jar
    echo
    comm -23 <(ls ./*.jar | cut -c 3- | sort -u) <(engine_jars)
    echo
    engine_jars
  ) | awk '$0 == "" || !seen[$0]++' >"$built/new/classpath"
}

# The native part of zstd for this machine as a file, which the library would otherwise unpack anew into the temporary folder at each start that
# compresses: 20 ms. Where there is none it still does.
unpack_zstd() {
  local processor
  processor=$(uname -m)
  [[ $processor == x86_64 ]] && processor=amd64
  (
    cd "$built/new" || exit
    "$java_home/bin/jar" -xf lib/zstd-jni-*.jar "linux/$processor" && mv linux/"$processor"/libzstd-jni-*.so lib/libzstd-jni.so
  ) >>"$log" 2>&1
  rm -rf "$built/new/linux"
}

# Jars of the stream engine: those that weir cluster has and no other command.
engine_jars() { comm -13 <(jars_of cli labs bench) <(jars_of cluster) | grep -v '^weir-'; }

# More of it is profiled than in other runs before it is compiled for good. A few hundred calls make a poor sample: methods that every
# packet goes through were taken for rare ones, and then not inlined.
training_options=(
  -XX:CompileCommandFile=/dev/null
  -XX:Tier4InvocationThreshold=50000
  -XX:Tier4MinInvocationThreshold=6000
  -XX:Tier4CompileThreshold=150000
  -XX:Tier4BackEdgeThreshold=400000
)

# train COMMAND: a run whose classes and profiles the cache keeps, of track or of all other commands. Without it all works, only slower:
# an empty file says it was tried.
train() {
  local class_path cache scratch options
  scratch=$(mktemp -d "$built/training.XXXXXX") || return
  class_path_of "$1"
  . "$home/cli/launcher/options.sh"
  options+=("${training_options[@]}")
  if ! "$java_home/bin/java" "${options[@]}" "-XX:AOTCacheOutput=$scratch/cache" -cp "$class_path" dev.weir.cli.Training "$1" "$scratch" \
    >>"$log" 2>&1 || [[ ! -s $scratch/cache ]]; then
    echo "weir: no ahead-of-time cache, starts will be slower: the training run failed; see $log" >&2
    : >"$scratch/cache"
  fi
  mv "$scratch/cache" "$cache"
  rm -rf "$scratch"
}

build() {
  local log=$built/build.log
  mkdir -p "$built" 2>/dev/null && [[ -w $built ]] || { build_failed "cannot build: $home is not writable; run it once as its owner, or copy the folder"; return 1; }
  exec 9>"$built/lock"
  if ! flock -n 9; then
    echo "weir: another start is building; waiting for it" >&2
    flock 9
  fi
  if stale; then
    type -P mvn >/dev/null || { build_failed "cannot build: mvn not found; install Maven 3.8 or newer (Debian: apt install maven)"; return 1; }
    echo "weir: building with $java_home, once (about a minute; log in $log)" >&2
    rm -rf "$built/new" "$built"/training.* "$home"/*/target/launcher/weir-*.jar
    mkdir -p "$built/new/lib"
    : >"$built/new/stamp"
    compile && assemble || { build_failed "the build failed: $(grep -m 1 -E 'ERROR|error:' "$log" | cut -c 1-200); see $log"; return 1; }
    rm -rf "$built/lib" "$built/stamp" "$built"/weir-*.aot
    mv "$built/new/lib" "$built/lib" && mv "$built/new/classpath" "$built/classpath" && mv "$built/new/stamp" "$built/stamp" || return
    rmdir "$built/new"
  fi
  if ! has_caches; then
    echo "weir: preparing quick starts" >&2
    rm -f "$built"/weir-*.aot
    train track
    train run
  fi
  exec 9>&-
}

build

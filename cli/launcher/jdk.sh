# Finds a JDK 25 or newer: sets java_home, and java_version to what its release file says. Sourced by weir, check, fuzz and build.sh.
# JAVA_HOME is asked first, then PATH, then the usual install folders, of which the newest wins. No process is started but one
# readlink for PATH, since every start of weir pays for this.

readonly least_java=25

# Sets found_version where the folder $1 holds a JDK that is new enough.
is_jdk() {
  local key value
  found_version=
  [[ -x $1/bin/javac && -r $1/release ]] || return 1
  while IFS='=' read -r key value; do
    [[ $key == JAVA_RUNTIME_VERSION ]] && found_version=${value//\"/}
    [[ $key == JAVA_VERSION && -z $found_version ]] && found_version=${value//\"/}
  done <"$1/release"
  local major=${found_version%%[.+-]*}
  [[ $major =~ ^[0-9]+$ ]] && ((major >= least_java))
}

find_jdk() {
  local candidate on_path major best=0
  java_home= java_version=
  if [[ -n ${JAVA_HOME:-} ]] && is_jdk "$JAVA_HOME"; then
    java_home=$JAVA_HOME java_version=$found_version
    return 0
  fi
  on_path=$(type -P javac) && on_path=$(readlink -f -- "$on_path") && candidate=${on_path%/bin/javac}
  if [[ -n $on_path ]] && is_jdk "$candidate"; then
    java_home=$candidate java_version=$found_version
    return 0
  fi
  for candidate in /usr/lib/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/*java* /opt/java/* ~/.sdkman/candidates/java/* ~/.jdks/*; do
    is_jdk "$candidate" || continue
    major=${found_version%%[.+-]*}
    ((major > best)) && best=$major java_home=$candidate java_version=$found_version
  done
  ((best > 0))
}

# Ends the script with a line that says what to install.
need_jdk() {
  find_jdk && return
  echo "weir: no JDK $least_java or newer found: looked at JAVA_HOME, PATH and the usual folders; install one (Debian: apt install openjdk-25-jdk, or Temurin 25) or set JAVA_HOME" >&2
  exit 1
}

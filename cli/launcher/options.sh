# The options of the JVM, for running and for the training run of the ahead-of-time cache, which must not differ.
# Little garbage is made, so the smallest collector serves. What the JVM has to say goes to standard error: results are on the other.
options=(
  --enable-native-access=ALL-UNNAMED
  -XX:+UseSerialGC
  -XX:-UsePerfData
  -Xlog:disable
  -Xlog:all=error:stderr
)

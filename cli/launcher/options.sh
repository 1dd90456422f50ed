# The options of the JVM, for running and for the training run of the ahead-of-time cache, which must not differ.
# Little garbage is made, so the smallest collector serves. What the JVM has to say goes to standard error: results are on the other.
options=(
  --enable-native-access=ALL-UNNAMED
  -XX:+UseSerialGC
  -XX:-UsePerfData
  # Reflection (picocli's) by native calls, instead of spinning a class for each member that is touched once.
  -Djdk.reflect.useNativeAccessorOnly=true
  # Less loop optimization: a run is often over before elaborate code would pay for its compilation, and warm runs lose nothing measurable.
  -XX:LoopUnrollLimit=16
  -XX:-PartialPeelLoop
  -XX:LoopOptsCount=8
  -Xlog:disable
  -Xlog:all=error:stderr
)

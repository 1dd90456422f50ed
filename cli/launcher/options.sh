# The options of the JVM, for running and for the training run of the ahead-of-time cache, which adds what build.sh says.
# Little garbage is made, so the smallest collector serves. What the JVM has to say goes to standard error: results are on the other.
options=(
  --enable-native-access=ALL-UNNAMED
  -XX:+UseSerialGC
  # A sixteenth of the machine's memory for the heap to begin with, half of it for the young generation. What control makes is many small objects that die soon;
  # in the small young generation of the default they are copied into the old one before they die. Pages that nothing was written to take no memory.
  -XX:InitialRAMPercentage=6.25
  -XX:NewRatio=1
  -XX:-UsePerfData
  # The queues of the API's libraries; without it the JVM warns of them on standard error.
  --sun-misc-unsafe-memory-access=allow
  # Reflection (picocli's) by native calls, instead of spinning a class for each member that is touched once.
  -Djdk.reflect.useNativeAccessorOnly=true
  # Less loop optimization: a run is often over before elaborate code would pay for its compilation, and warm runs lose nothing measurable.
  -XX:LoopUnrollLimit=16
  -XX:-PartialPeelLoop
  -XX:LoopOptsCount=8
  -XX:-LoopUnswitching
  # Its guards did not hold in the loop over a capture's records: the code was thrown away and compiled again, slow meanwhile.
  -XX:-UseProfiledLoopPredicate
  # Code of packets takes in many small methods, each with how often it was ever compiled anew; their sum soon passes the default, and from then on a branch
  # that was never taken before leaves the code for the interpreter each time, for good: a hundred times slower. So that is not counted.
  -XX:PerMethodRecompilationCutoff=-1
  # A P4 program is one method, with all of its places in registers, also where that is longer than 8000 bytes.
  -XX:-DontCompileHugeMethods
  # The loops that every packet goes through are compiled first, by two optimizing compilers from the start.
  "-XX:CompileCommandFile=$home/cli/launcher/compile-first"
  -XX:CICompilerCount=3
  -XX:-UseDynamicNumberOfCompilerThreads
  -Xlog:disable
  -Xlog:all=error:stderr
)
if [[ -e $built/lib/libzstd-jni.so ]]; then options+=("-DZstdNativePath=$built/lib/libzstd-jni.so"); fi

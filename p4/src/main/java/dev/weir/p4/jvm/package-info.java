/**
 * Makes classes of the JVM of pipelines. {@link dev.weir.p4.jvm.ProgramCompiler} is the way in. Numbers of up to 64 bits are longs whose other bits are
 * zero, in locals; wider ones lie in an array of longs. The code loads the fields that the program reads, writes those that it assigns,
 * and moves no payload; it allocates nothing and throws nothing.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.jvm;

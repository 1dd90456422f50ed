/** Source text, places in it, and what there is to say about them. Every phase of the compiler speaks through this package. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.source;

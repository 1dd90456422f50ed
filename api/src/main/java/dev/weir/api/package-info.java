/** What a Java program needs to ask a running daemon, beside what is made from the definition. */
@org.jspecify.annotations.NullMarked
package dev.weir.api;

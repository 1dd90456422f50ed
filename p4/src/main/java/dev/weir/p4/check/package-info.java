/**
 * Makes a typed program of a tree: finds what names stand for, infers types, evaluates what is known, and tells what a program may not do.
 * One walk in the order of the text, as in P4 a name is only known behind its declaration; rules that look at several declarations are walks
 * over the typed program.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.check;

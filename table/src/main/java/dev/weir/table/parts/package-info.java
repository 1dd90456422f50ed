/**
 * What tables are made of: memory by address, a hash index, keyed hashing, a timing wheel. For the packages of this module
 * alone, since addresses are used unchecked; a test holds others off.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.table.parts;

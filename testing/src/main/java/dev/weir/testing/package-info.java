/** What the tests of several modules need; it imports none of them, so that none of their faults hides here too. */
@org.jspecify.annotations.NullMarked
package dev.weir.testing;

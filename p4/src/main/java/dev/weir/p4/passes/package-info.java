/**
 * Passes over the IR, each from a pipeline without faults to one without faults that does the same. {@link dev.weir.p4.passes.Passes} runs them; what each
 * does to an example is in the golden file of its name.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.passes;

/**
 * A program between the front-end and what runs it: immutable records of few kinds, without generics, nested calls or aggregates other than
 * headers. {@link dev.weir.p4.ir.Pipeline} is the whole, {@link dev.weir.p4.ir.IrPrinter} and {@link dev.weir.p4.ir.IrReader} are its text,
 * {@link dev.weir.p4.ir.IrVerifier} tells what is wrong with one.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.ir;

/**
 * From files to the tokens of one program: the lexer, and what the C preprocessor does for P4. It works on tokens, not on text, so that
 * every token keeps the place where a person wrote it, through includes and macros.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.preprocess;

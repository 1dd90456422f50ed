package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Program;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.TypedProgram;

/**
 * Checks a program: names, types, what is known when it is compiled, and what may stand where.
 * <p>
 * Pre: a tree of the parser, which need not be a whole program. Post: every name stands for a declaration before it; every expression has a
 * type; what a program converts without saying so is a cast; what is known is a number. What is at fault is told once and left out, so that
 * the typed program is whole only when the diagnostics have no errors. Nothing is thrown, whatever the tree.
 */
public final class Checker {
    private Checker() {}

    public static TypedProgram check(Program program, Diagnostics diagnostics) {
        Context context = new Context(diagnostics);
        Declarations declarations = new Declarations(context);
        context.later.outermost(program.declarations());
        for (Declaration declaration : program.declarations()) {
            declarations.outermost(declaration);
        }
        TypedProgram typed = context.program();
        typed.all(Definition.Parser.class).forEach(p -> ParserRules.check(p, diagnostics));
        Labels.check(typed, diagnostics);
        NicRules.check(typed, diagnostics);
        return typed;
    }
}

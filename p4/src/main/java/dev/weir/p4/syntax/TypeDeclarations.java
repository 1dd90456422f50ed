package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration.EnumMember;
import dev.weir.p4.syntax.Declaration.Method;
import dev.weir.p4.syntax.Declaration.Signature;
import dev.weir.p4.syntax.Declaration.StructField;
import dev.weir.p4.syntax.Declaration.StructKind;
import java.util.ArrayList;
import java.util.List;

/** Parses what declares types, and externs with their methods. */
final class TypeDeclarations {
    private final Cursor cursor;
    private final Declarations declarations;
    private final Annotations annotations;
    private final Expressions expressions;
    private final Types types;

    TypeDeclarations(Cursor cursor, Declarations declarations) {
        this.cursor = cursor;
        this.declarations = declarations;
        this.annotations = declarations.annotations();
        this.expressions = declarations.expressions();
        this.types = expressions.types;
    }

    Declaration struct(List<Annotation> before, StructKind kind) {
        Span first = cursor.advance().span();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
        cursor.scopes.push();
        List<Name> typeParameters = types.parameters();
        cursor.expect(TokenKind.OPEN_BRACE);
        List<StructField> fields = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> fields.add(field()));
        cursor.scopes.pop();
        cursor.expect(TokenKind.CLOSE_BRACE);
        Span span = declarations.from(before, first);
        return new Declaration.Struct(span, before, kind, name, typeParameters, List.copyOf(fields));
    }

    private StructField field() {
        List<Annotation> before = annotations.read();
        Span first = cursor.peek().span();
        TypeRef type = types.type();
        Name name = cursor.name();
        type = declarations.declared(type);
        cursor.expect(TokenKind.SEMICOLON);
        return new StructField(declarations.from(before, first), before, type, name);
    }

    Declaration enumeration(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.ENUM).span();
        boolean plain = cursor.isName() && cursor.isNext(TokenKind.OPEN_BRACE);
        TypeRef representation = plain ? null : types.type();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
        cursor.expect(TokenKind.OPEN_BRACE);
        List<EnumMember> members = new ArrayList<>();
        do {
            if (cursor.is(TokenKind.CLOSE_BRACE) && !members.isEmpty()) break;
            Name member = cursor.name();
            Expression value = cursor.accept(TokenKind.ASSIGN) ? expressions.expression() : null;
            members.add(new EnumMember(cursor.from(member.span()), member, value));
        } while (cursor.accept(TokenKind.COMMA));
        cursor.expect(TokenKind.CLOSE_BRACE);
        Span span = declarations.from(before, first);
        return new Declaration.Enumeration(span, before, representation, name, List.copyOf(members));
    }

    Declaration errors() {
        Span first = cursor.expect(TokenKind.ERROR).span();
        List<Name> members = members();
        return new Declaration.Errors(cursor.from(first), members);
    }

    Declaration matchKinds() {
        Span first = cursor.expect(TokenKind.MATCH_KIND).span();
        List<Name> members = members();
        return new Declaration.MatchKinds(cursor.from(first), members);
    }

    private List<Name> members() {
        cursor.expect(TokenKind.OPEN_BRACE);
        List<Name> members = new ArrayList<>();
        do {
            if (cursor.is(TokenKind.CLOSE_BRACE) && !members.isEmpty()) break;
            members.add(cursor.name());
        } while (cursor.accept(TokenKind.COMMA));
        cursor.expect(TokenKind.CLOSE_BRACE);
        return List.copyOf(members);
    }

    /** A struct or enumeration declared inside a typedef goes before it into {@code out}. */
    void alias(List<Annotation> before, List<Declaration> out) {
        Span first = cursor.peek().span();
        boolean distinct = cursor.advance().is(TokenKind.TYPE);
        TypeRef type = distinct ? types.type() : aliased(out);
        Name name = cursor.name();
        type = declarations.declared(type);
        cursor.expect(TokenKind.SEMICOLON);
        cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
        out.add(new Declaration.Alias(declarations.from(before, first), before, distinct, type, name));
    }

    private TypeRef aliased(List<Declaration> out) {
        List<Annotation> before = annotations.read();
        Declaration inner = switch (cursor.peek().kind()) {
            case STRUCT -> struct(before, StructKind.STRUCT);
            case HEADER -> struct(before, StructKind.HEADER);
            case HEADER_UNION -> struct(before, StructKind.HEADER_UNION);
            case ENUM -> enumeration(before);
            default -> null;
        };
        if (inner == null) return types.type();
        out.add(inner);
        Name name = inner instanceof Declaration.Struct s ? s.name() : ((Declaration.Enumeration) inner).name();
        return new TypeRef.Named(name.span(), false, name.text());
    }

    /** A function, or an object with its methods, or only its name. */
    Declaration extern(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.EXTERN).span();
        if (isObject()) return object(before, first);
        Span begin = cursor.peek().span();
        int outer = cursor.scopes.depth();
        cursor.scopes.push();
        TypeRef result = types.type();
        Name name = cursor.name();
        Signature signature = declarations.signature(begin, result, name);
        cursor.scopes.leaveTo(outer);
        boolean generic = !signature.typeParameters().isEmpty();
        cursor.scopes.declare(name.text(), generic ? Scopes.Kind.GENERIC_VALUE : Scopes.Kind.VALUE);
        cursor.expect(TokenKind.SEMICOLON);
        return new Declaration.ExternFunction(declarations.from(before, first), before, signature);
    }

    private boolean isObject() {
        if (!cursor.isName()) return false;
        int end = types.skipType(cursor.at());
        return end >= 0 && (cursor.kindAt(end) == TokenKind.OPEN_BRACE || cursor.kindAt(end) == TokenKind.SEMICOLON);
    }

    private Declaration object(List<Annotation> before, Span first) {
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
        if (cursor.accept(TokenKind.SEMICOLON)) {
            return new Declaration.ExternObject(declarations.from(before, first), before, name, List.of(), null);
        }
        cursor.scopes.push();
        List<Name> typeParameters = types.parameters();
        cursor.expect(TokenKind.OPEN_BRACE);
        List<Method> methods = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> methods.add(method(name.text())));
        cursor.scopes.pop();
        cursor.expect(TokenKind.CLOSE_BRACE);
        Span span = declarations.from(before, first);
        return new Declaration.ExternObject(span, before, name, typeParameters, List.copyOf(methods));
    }

    private Method method(String object) {
        List<Annotation> before = annotations.read();
        Span first = cursor.peek().span();
        boolean isAbstract = cursor.accept(TokenKind.ABSTRACT);
        Span begin = cursor.peek().span();
        boolean constructor = cursor.peek().text().equals(object) && cursor.isNext(TokenKind.OPEN);
        cursor.scopes.push();
        TypeRef result = constructor ? null : types.type();
        if (cursor.is(TokenKind.OPEN) && !constructor) {
            String help = "a method has a type before its name; a constructor is named '" + object + "'";
            throw cursor.fault(begin, "syntax", "this is neither a method nor the constructor", help);
        }
        Signature signature = declarations.signature(begin, result, cursor.name());
        cursor.scopes.pop();
        cursor.expect(TokenKind.SEMICOLON);
        return new Method(declarations.from(before, first), before, isAbstract, signature);
    }
}

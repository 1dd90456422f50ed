package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration.ActionRef;
import dev.weir.p4.syntax.Declaration.Entry;
import dev.weir.p4.syntax.Declaration.KeyElement;
import dev.weir.p4.syntax.Declaration.Property;
import java.util.ArrayList;
import java.util.List;

/** Parses tables. */
final class Tables {
    private final Cursor cursor;
    private final Annotations annotations;
    private final Expressions expressions;
    private final Keysets keysets;
    private final Declarations declarations;

    Tables(Cursor cursor, Declarations declarations, Keysets keysets) {
        this.cursor = cursor;
        this.declarations = declarations;
        this.annotations = declarations.annotations();
        this.expressions = declarations.expressions();
        this.keysets = keysets;
    }

    Declaration table(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.TABLE).span();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        cursor.expect(TokenKind.OPEN_BRACE);
        List<Property> properties = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> properties.add(property()));
        cursor.expect(TokenKind.CLOSE_BRACE);
        return new Declaration.Table(declarations.from(before, first), before, name, List.copyOf(properties));
    }

    private Property property() {
        List<Annotation> before = annotations.read();
        Span first = cursor.peek().span();
        boolean constant = cursor.accept(TokenKind.CONST);
        boolean plain = before.isEmpty() && !constant;
        if (plain && cursor.is(TokenKind.KEY)) return key();
        if (plain && cursor.is(TokenKind.ACTIONS)) return actions();
        if (cursor.is(TokenKind.ENTRIES)) {
            open(TokenKind.ENTRIES);
            List<Entry> entries = new ArrayList<>();
            cursor.items(TokenKind.CLOSE_BRACE, () -> entries.add(entry()));
            cursor.expect(TokenKind.CLOSE_BRACE);
            return new Property.Entries(declarations.from(before, first), before, constant, List.copyOf(entries));
        }
        Name name = cursor.name();
        cursor.expect(TokenKind.ASSIGN);
        Expression value = expressions.expression();
        cursor.expect(TokenKind.SEMICOLON);
        return new Property.Value(declarations.from(before, first), before, constant, name, value);
    }

    private void open(TokenKind property) {
        cursor.expect(property);
        cursor.expect(TokenKind.ASSIGN);
        cursor.expect(TokenKind.OPEN_BRACE);
    }

    private Property key() {
        Span first = cursor.peek().span();
        open(TokenKind.KEY);
        List<KeyElement> elements = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> elements.add(keyElement()));
        cursor.expect(TokenKind.CLOSE_BRACE);
        return new Property.Key(cursor.from(first), List.copyOf(elements));
    }

    private KeyElement keyElement() {
        Span first = cursor.peek().span();
        Expression value = expressions.expression();
        cursor.expect(TokenKind.COLON);
        Name matchKind = cursor.name();
        List<Annotation> after = annotations.read();
        cursor.expect(TokenKind.SEMICOLON);
        return new KeyElement(cursor.from(first), value, matchKind, after);
    }

    private Property actions() {
        Span first = cursor.peek().span();
        open(TokenKind.ACTIONS);
        List<ActionRef> actions = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> {
            actions.add(action(annotations.read()));
            cursor.expect(TokenKind.SEMICOLON);
        });
        cursor.expect(TokenKind.CLOSE_BRACE);
        return new Property.Actions(cursor.from(first), List.copyOf(actions));
    }

    private ActionRef action(List<Annotation> before) {
        Span first = cursor.peek().span();
        Expression.Path action = expressions.path();
        List<Expression.Argument> arguments = cursor.is(TokenKind.OPEN) ? expressions.arguments() : null;
        return new ActionRef(declarations.from(before, first), before, action, arguments);
    }

    private Entry entry() {
        Span first = cursor.peek().span();
        boolean constant = cursor.accept(TokenKind.CONST);
        Expression priority = null;
        if (cursor.is(TokenKind.PRIORITY) && cursor.isNext(TokenKind.ASSIGN)) {
            cursor.advance();
            cursor.advance();
            priority = expressions.postfix();
            cursor.expect(TokenKind.COLON);
        }
        Expression keys = keysets.keys();
        cursor.expect(TokenKind.COLON);
        ActionRef action = action(List.of());
        List<Annotation> after = annotations.read();
        cursor.expect(TokenKind.SEMICOLON);
        ActionRef annotated = new ActionRef(action.span(), after, action.action(), action.arguments());
        return new Entry(cursor.from(first), constant, priority, keys, annotated);
    }
}

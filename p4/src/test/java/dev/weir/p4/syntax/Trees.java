package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.source.Span;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;

/** Compares trees by all but their places, so that the printer cannot hide what it does not print. */
final class Trees {
    private Trees() {}

    /** @return whether both are the same tree, wherever they were written */
    static boolean same(Object a, Object b) {
        if (a instanceof Span && b instanceof Span) return true;
        if (a instanceof Token t && b instanceof Token u) {
            return t.kind() == u.kind() && t.text().equals(u.text());
        }
        if (a instanceof List<?> list && b instanceof List<?> other) {
            if (list.size() != other.size()) return false;
            for (int i = 0; i < list.size(); i++) {
                if (!same(list.get(i), other.get(i))) return false;
            }
            return true;
        }
        if (!(a instanceof Record) || !(b instanceof Record) || a.getClass() != b.getClass()) {
            return Objects.equals(a, b);
        }
        for (RecordComponent component : a.getClass().getRecordComponents()) {
            if (!same(value(component, a), value(component, b))) return false;
        }
        return true;
    }

    @SuppressWarnings("NullAway")
    private static Object value(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}

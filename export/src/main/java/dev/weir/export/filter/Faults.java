package dev.weir.export.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is found to be wrong with an expression while it is read. */
final class Faults {
    private static final int MOST = 16;

    private final List<FilterFault> found = new ArrayList<>();

    void add(Token at, String message) {
        add(at.offset(), at.text().length(), message);
    }

    /** Keeps the fault, if there are not too many already. */
    void add(int offset, int length, String message) {
        if (found.size() < MOST) {
            found.add(new FilterFault(offset, Math.max(1, length), FilterFault.printable(message)));
        }
    }

    void throwAny(String source) throws FilterException {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(FilterFault::offset));
            throw new FilterException(source, found);
        }
    }
}

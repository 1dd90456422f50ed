package dev.weir.p4.tc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The words of a command, one after the other. Blanks separate them; line breaks and tabs are blanks. */
final class Words {
    private static final int LONGEST = 1 << 16;

    /** @param at where it begins in the line */
    record Word(String text, int at) {}

    private final String line;
    private final List<Word> words = new ArrayList<>();
    private int next;

    private Words(String line) {
        this.line = line;
    }

    static Words of(String text) throws TcFault {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            if (Character.isISOControl(plain.charAt(i))) plain.setCharAt(i, ' ');
        }
        Words words = new Words(plain.toString());
        if (text.length() > LONGEST) {
            throw new TcFault("", 0, 0, "command: it is longer than " + LONGEST + " letters; make it several");
        }
        int at = 0;
        while (at < plain.length()) {
            int end = at;
            while (end < plain.length() && plain.charAt(end) != ' ') end++;
            if (end > at) words.words.add(new Word(plain.substring(at, end), at));
            at = end + 1;
        }
        return words;
    }

    boolean isAtEnd() {
        return next == words.size();
    }

    /** Whether the next word is that one. */
    boolean is(String word) {
        return !isAtEnd() && words.get(next).text.equals(word);
    }

    /** Takes the next word if it is that one. */
    boolean accept(String word) {
        boolean is = is(word);
        if (is) next++;
        return is;
    }

    /** @param what is wanted there: {@code a table's path} */
    Word take(String what) throws TcFault {
        if (isAtEnd()) throw new TcFault(line, line.length(), 1, "command: it ends too early; give " + what);
        return words.get(next++);
    }

    void expect(String word) throws TcFault {
        Word taken = take("'" + word + "'");
        if (!taken.text.equals(word)) throw fault(taken, "'" + word + "' is wanted here");
    }

    /** A number, decimal or hexadecimal. */
    long number(String what, long most) throws TcFault {
        Word word = take(what);
        try {
            long number = Long.decode(word.text);
            if (number >= 0 && number <= most) return number;
        } catch (NumberFormatException _) {
            throw fault(word, "this is no number; give " + what + ", 0 to " + most);
        }
        throw fault(word, "the number is out of range; give " + what + ", 0 to " + most);
    }

    /** All that is left, as it was written, and where it begins. */
    Word rest(String what) throws TcFault {
        Word first = take(what);
        next = words.size();
        return new Word(line.substring(first.at).stripTrailing(), first.at);
    }

    /** Nothing may follow. */
    void end(String why) throws TcFault {
        if (!isAtEnd()) throw fault(words.get(next), why);
    }

    TcFault fault(Word word, String message) {
        return new TcFault(line, word.at, word.text.length(), "'" + word.text + "': " + message);
    }

    String line() {
        return line;
    }

    /** The one of that name, or else the only one whose name ends with a dot or a slash and that. */
    <T> T find(Word word, String spelled, String what, Collection<T> all, Function<? super T, String> nameOf)
            throws TcFault {
        T found = find(spelled, all, nameOf);
        if (found != null) return found;
        List<String> ends =
                all.stream().map(nameOf).filter(name -> endsWith(name, spelled)).toList();
        if (ends.size() > 1) throw fault(word, "there are several; give one of " + ends);
        throw fault(
                word,
                "there is no such " + what + "; give one of "
                        + all.stream().map(nameOf).toList());
    }

    /** Null when none is meant, or several could be. */
    static <T> @Nullable T find(String spelled, Collection<T> all, Function<? super T, String> nameOf) {
        List<T> ends = new ArrayList<>();
        for (T each : all) {
            if (nameOf.apply(each).equals(spelled)) return each;
            if (endsWith(nameOf.apply(each), spelled)) ends.add(each);
        }
        return ends.size() == 1 ? ends.getFirst() : null;
    }

    private static boolean endsWith(String name, String end) {
        int before = name.length() - end.length() - 1;
        return before >= 0 && name.endsWith(end) && (name.charAt(before) == '.' || name.charAt(before) == '/');
    }
}

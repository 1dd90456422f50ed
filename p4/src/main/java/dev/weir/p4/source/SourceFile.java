package dev.weir.p4.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of one file, and which line an offset is on. A file that is included twice is two of these, each knowing where from.
 * <p>
 * Offsets count {@code char}s from 0; lines and columns count from 1. Octets that are not UTF-8 become U+FFFD, which no phase accepts
 * outside of comments and strings. Not thread-safe while {@link #renumber} is called, immutable afterwards.
 */
public final class SourceFile {
    private final String name;
    private final String text;
    private final @Nullable Span includedFrom;
    private final int[] lineStarts;
    private final List<Renumbering> renumberings = new ArrayList<>();

    /** From the physical line on, counted from 1, lines are told as those of another file. */
    private record Renumbering(int physicalLine, int line, String name) {}

    /** Where an offset is, for people. */
    public record Position(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    private SourceFile(String name, String text, @Nullable Span includedFrom) {
        this.name = name;
        this.text = text;
        this.includedFrom = includedFrom;
        this.lineStarts = lineStarts(text);
    }

    public static SourceFile of(String name, String text) {
        return new SourceFile(name, text, null);
    }

    public static SourceFile of(String name, byte[] octets) {
        return of(name, new String(octets, StandardCharsets.UTF_8));
    }

    /** The same text, as included from a place in another file. */
    public SourceFile includedFrom(Span place) {
        return new SourceFile(name, text, place);
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    public @Nullable Span includedFrom() {
        return includedFrom;
    }

    /** Has the line after the one of {@code offset} told as {@code line} of {@code newName}: what {@code #line} asks for. */
    public void renumber(int offset, int line, String newName) {
        renumberings.add(new Renumbering(physicalLine(offset) + 1, line, newName));
    }

    public Position position(int offset) {
        int physical = physicalLine(offset);
        int column = offset - lineStarts[physical - 1] + 1;
        for (int i = renumberings.size() - 1; i >= 0; i--) {
            Renumbering r = renumberings.get(i);
            if (r.physicalLine <= physical) {
                return new Position(r.name, physical - r.physicalLine + r.line, column);
            }
        }
        return new Position(name, physical, column);
    }

    /** The text of the line of {@code offset}, without its end. */
    String lineAt(int offset) {
        int begin = lineStarts[physicalLine(offset) - 1];
        int end = begin;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return text.substring(begin, end);
    }

    private int physicalLine(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int lines = 1;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (lines == starts.length) starts = Arrays.copyOf(starts, 2 * lines);
            starts[lines++] = at + 1;
        }
        return Arrays.copyOf(starts, lines);
    }

    @Override
    public String toString() {
        return name;
    }
}

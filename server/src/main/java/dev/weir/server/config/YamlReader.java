package dev.weir.server.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML 1.2 document from octets (UTF-8). Whatever the octets are, the answer is a value or faults: size, depth,
 * and what aliases expand to are bounded. One thread; used once.
 */
final class YamlReader {
    /** Octets of a file. */
    static final int MAX_BYTES = 1 << 20;
    /** Mappings and lists within each other. */
    static final int MAX_DEPTH = 32;
    /** Values, each alias counting for all that it repeats. */
    static final int MAX_VALUES = 100_000;

    private final List<Fault> faults;
    private final Map<String, Yaml> anchors = new HashMap<>();
    private Iterator<Event> events = List.<Event>of().iterator();
    private int values;

    private YamlReader(List<Fault> faults) {
        this.faults = faults;
    }

    /** The document, empty files as an empty mapping; null when it could not be read, and then there are faults. */
    static @Nullable Yaml read(byte[] octets, List<Fault> faults) {
        return new YamlReader(faults).document(octets);
    }

    /** The input cannot be read on; the fault says why. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        final transient Fault fault;

        Unreadable(Place at, String message) {
            super(message, null, false, false);
            this.fault = new Fault(at, "", message);
        }
    }

    private @Nullable Yaml document(byte[] octets) {
        String text = "";
        try {
            text = decode(octets);
            LoadSettings settings = LoadSettings.builder()
                    .setUseMarks(true)
                    .setCodePointLimit(MAX_BYTES)
                    .build();
            events = new Parse(settings).parseString(text).iterator();
            return firstDocument();
        } catch (Unreadable e) {
            faults.add(e.fault);
        } catch (MarkedYamlEngineException e) {
            faults.add(syntax(e, text));
        } catch (ReaderException e) {
            String code = String.format("U+%04X", e.getCodePoint());
            faults.add(new Fault(
                    placeOf(text, e.getPosition()),
                    "",
                    "the character " + code
                            + " is not allowed in YAML; remove it, or write it as an escape in quotes"));
        } catch (YamlEngineException e) {
            faults.add(new Fault(Place.START, "", "is no YAML: " + oneLine(e.getMessage()) + "; correct it"));
        }
        return null;
    }

    private static String decode(byte[] octets) throws Unreadable {
        if (octets.length > MAX_BYTES) {
            throw new Unreadable(
                    Place.START,
                    "is too large: octets=" + octets.length + ", limit=" + MAX_BYTES + "; is it a configuration?");
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(octets.length);
        ByteBuffer in = ByteBuffer.wrap(octets);
        CoderResult result = decoder.decode(in, chars, true);
        chars.flip();
        String text = chars.toString();
        if (result.isError()) {
            throw new Unreadable(
                    placeOf(text, text.codePointCount(0, text.length())),
                    String.format("the octet 0x%02X is no UTF-8; save the file as UTF-8", in.get(in.position())));
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private @Nullable Yaml firstDocument() throws Unreadable {
        Yaml document = null;
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                documents++;
                if (documents > 1) {
                    throw new Unreadable(
                            place(event), "a second document begins; a configuration is one: remove the line '---'");
                }
            } else if (event instanceof NodeEvent node) {
                document = value(node, 0);
            }
        }
        return document == null ? new Yaml.Mapping(Place.START, List.of(), 1) : document;
    }

    private Yaml value(NodeEvent event, int depth) throws Unreadable {
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        count(event, 1);
        Yaml value = switch (event) {
            case ScalarEvent scalar -> scalar(scalar);
            case CollectionStartEvent start
            when depth >= MAX_DEPTH ->
                throw new Unreadable(place(start), "is nested too deeply: limit=" + MAX_DEPTH + "; flatten it");
            case CollectionStartEvent start
            when start.getEventId() == Event.ID.MappingStart -> mapping(start, depth + 1);
            case CollectionStartEvent start -> listing(start, depth + 1);
            default -> throw new IllegalStateException("not a node: " + event.getEventId());
        };
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), value));
        return value;
    }

    private Yaml aliased(AliasEvent alias) throws Unreadable {
        String name = alias.getAlias().getValue();
        Yaml value = anchors.get(name);
        if (value == null) {
            throw new Unreadable(place(alias), "there is no anchor &" + name + " before; write the value itself");
        }
        count(alias, value.size());
        return value;
    }

    private void count(Event event, int more) throws Unreadable {
        values += more;
        if (values > MAX_VALUES) {
            throw new Unreadable(
                    place(event), "holds too many values, repetitions included: limit=" + MAX_VALUES + "; shorten it");
        }
    }

    private Yaml.Scalar scalar(ScalarEvent event) throws Unreadable {
        refuseTag(event, event.getTag());
        return new Yaml.Scalar(place(event), event.getValue(), event.isPlain());
    }

    private Yaml listing(CollectionStartEvent start, int depth) throws Unreadable {
        refuseTag(start, start.getTag());
        List<Yaml> items = new ArrayList<>();
        int size = 1;
        for (Event event = events.next(); event instanceof NodeEvent node; event = events.next()) {
            Yaml item = value(node, depth);
            items.add(item);
            size += item.size();
        }
        return new Yaml.Listing(place(start), List.copyOf(items), size);
    }

    private Yaml mapping(CollectionStartEvent start, int depth) throws Unreadable {
        refuseTag(start, start.getTag());
        Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
        int size = 1;
        for (Event event = events.next(); event instanceof NodeEvent node; event = events.next()) {
            Yaml key = value(node, depth);
            Yaml value = value((NodeEvent) events.next(), depth);
            size += key.size() + value.size();
            if (!(key instanceof Yaml.Scalar name)) {
                faults.add(new Fault(place(node), "", "a key is " + key.says() + "; a key is one word"));
            } else if (entries.containsKey(name.text())) {
                faults.add(twice(place(node), name, entries.get(name.text())));
            } else {
                entries.put(name.text(), new Yaml.Entry(name, value));
            }
        }
        return new Yaml.Mapping(place(start), List.copyOf(entries.values()), size);
    }

    private static Fault twice(Place at, Yaml.Scalar name, Yaml.@Nullable Entry first) {
        int line = first == null ? at.line() : first.key().at().line();
        return new Fault(at, name.text(), "stands twice, first on line " + line + "; remove one, or join them");
    }

    private static void refuseTag(Event event, Optional<String> tag) throws Unreadable {
        if (tag.isPresent()) {
            throw new Unreadable(place(event), "the tag " + tag.get() + " means nothing here; remove it");
        }
    }

    private static Fault syntax(MarkedYamlEngineException e, String text) {
        Place at =
                e.getProblemMark().or(e::getContextMark).map(YamlReader::place).orElse(Place.START);
        String problem = oneLine(e.getProblem());
        if (problem.contains("TAB") || tabsBefore(text, at)) {
            return new Fault(at, "", "a tab stands in the indentation; indent with blanks");
        }
        String context = e.getContext() == null ? "" : oneLine(e.getContext()) + " ";
        return new Fault(
                at,
                "",
                "is no YAML: " + context + problem
                        + "; look at the indentation, and for a missing ':', quote or bracket, here and just before");
    }

    private static boolean tabsBefore(String text, Place at) {
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        return !line.isEmpty()
                && line.stripLeading().length() < line.length()
                && line.substring(0, line.length() - line.stripLeading().length())
                                .indexOf('\t')
                        >= 0;
    }

    /** The libraries' messages span lines and quote what they did not like. */
    private static String oneLine(@Nullable String message) {
        if (message == null) {
            return "unknown";
        }
        String line = message.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
        return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }

    private static Place place(Event event) {
        return event.getStartMark().map(YamlReader::place).orElse(Place.START);
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static Place placeOf(String text, int codePoint) {
        int line = 1, column = 1, seen = 0;
        for (int i = 0; i < text.length() && seen < codePoint; i += Character.charCount(text.codePointAt(i))) {
            boolean ends = text.charAt(i) == '\n';
            line += ends ? 1 : 0;
            column = ends ? 1 : column + 1;
            seen++;
        }
        return new Place(line, column);
    }
}

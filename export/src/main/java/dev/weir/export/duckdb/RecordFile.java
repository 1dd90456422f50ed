package dev.weir.export.duckdb;

import dev.weir.export.FeatureColumn;
import dev.weir.export.FeatureColumns;
import dev.weir.table.feature.FeatureSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file of records that {@code weir track} wrote, and how DuckDB reads it with the types that {@code docs/formats.md} gives the columns. */
public record RecordFile(Path path, Format format) {
    /** What is written down how. */
    public enum Format {
        PARQUET(".parquet", ".parquet"),
        DUCKDB(".duckdb", ".duckdb"),
        CSV(".csv", ".csv"),
        JSON(".jsonl", ".json");
        private final String suffix, otherSuffix;

        Format(String suffix, String otherSuffix) {
            this.suffix = suffix;
            this.otherSuffix = otherSuffix;
        }
    }

    private static final Pattern KEY = Pattern.compile("[{,]\"([^\"\\\\]+)\":(.)");
    private static final Set<String> TIMES = Set.of("time", "start_time", "end_time");
    private static final Set<String> SECONDS = Set.of("duration", "lifetime");
    private static final Set<String> TEXTS = Set.of(
            "event",
            "author",
            "protocol",
            "src_addr",
            "dst_addr",
            "fwd_tcp_flags",
            "rev_tcp_flags",
            "tcp_state",
            "end_reason",
            "infos");
    private static final Set<String> COUNTS = Set.of(
            "flow_id", "fwd_packets", "fwd_bytes", "fwd_frame_bytes", "rev_packets", "rev_bytes", "rev_frame_bytes");
    private static final String LIST = "[]";
    /** Types of all features, by name. */
    private static final Map<String, String> FEATURES = FeatureColumns.of(FeatureSet.all(1)).stream()
            .collect(Collectors.toUnmodifiableMap(FeatureColumn::label, RecordFile::type));
    /** A header and a line are no longer than this. */
    private static final int LONGEST_LINE = 1 << 16;

    /** The file, where its name says that it holds records; else null. */
    public static @Nullable RecordFile of(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        for (Format format : Format.values()) {
            if (name.endsWith(format.suffix) || name.endsWith(format.otherSuffix)) {
                return new RecordFile(path, format);
            }
        }
        return null;
    }

    /** The query that gives all its records. */
    String select() throws IOException {
        String file = DuckDb.quoted(path.toAbsolutePath());
        return switch (format) {
            case PARQUET -> "FROM read_parquet(" + file + ")";
            case CSV -> csv(file);
            case JSON ->
                "FROM read_json(" + file + ", format = 'newline_delimited', columns = " + struct(jsonColumns()) + ")";
            case DUCKDB -> throw new IllegalStateException("a database is attached");
        };
    }

    /** Lists are texts there, with semicolons. */
    private String csv(String file) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        List<String> lists = new ArrayList<>();
        for (String name : firstLine().split(",", -1)) {
            String type = type(name);
            boolean isList = type != null && type.endsWith(LIST);
            if (isList) {
                lists.add("CASE WHEN " + name + " = '' THEN [] ELSE string_split(" + name + ", ';')::" + type
                        + " END AS " + name);
            }
            if (type != null) {
                types.put(name, isList ? "VARCHAR" : type);
            }
        }
        String replaced = lists.isEmpty() ? "" : "SELECT * REPLACE (" + String.join(", ", lists) + ") ";
        return replaced + "FROM read_csv(" + file
                + ", header = true, delim = ',', quote = '', escape = '', nullstr = 'null', types = "
                + struct(known(types)) + ")";
    }

    private Map<String, String> jsonColumns() throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        Matcher key = KEY.matcher(firstLine());
        while (key.find()) {
            String type = type(key.group(1));
            boolean isText = key.group(2).equals("\"");
            types.put(key.group(1), type != null ? type : isText ? "VARCHAR" : "DOUBLE");
        }
        return known(types);
    }

    private Map<String, String> known(Map<String, String> types) throws IOException {
        if (!types.containsKey("flow_id")) {
            throw new IOException(
                    path + ": holds no flow records: its first line has no flow_id; give a file that weir track wrote");
        }
        return types;
    }

    private String firstLine() throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            char[] begin = new char[LONGEST_LINE];
            int size = Math.max(0, lines.read(begin));
            String text = new String(begin, 0, size);
            int end = text.indexOf('\n');
            return end < 0 ? text : text.substring(0, end);
        } catch (MalformedInputException e) {
            return "";
        }
    }

    private static String type(FeatureColumn feature) {
        return switch (feature.kind()) {
            case INTEGER -> "BIGINT";
            case DECIMAL -> "DOUBLE";
            case INTEGERS -> "BIGINT" + LIST;
            case DECIMALS -> "DOUBLE" + LIST;
            case TEXT -> "VARCHAR";
        };
    }

    private static @Nullable String type(String name) {
        if (TIMES.contains(name)) {
            return "TIMESTAMP_NS";
        }
        if (SECONDS.contains(name)) {
            return "DECIMAL(18, 9)";
        }
        if (TEXTS.contains(name)) {
            return "VARCHAR";
        }
        if (COUNTS.contains(name)) {
            return "BIGINT";
        }
        return switch (name) {
            case "protocol_number" -> "UTINYINT";
            case "src_port", "dst_port" -> "USMALLINT";
            case "tenant", "ctx_id" -> "UINTEGER";
            case "offloaded" -> "BOOLEAN";
            default -> FEATURES.get(name);
        };
    }

    private static String struct(Map<String, String> types) {
        return types.entrySet().stream()
                .map(type -> DuckDb.quoted(type.getKey()) + ": " + DuckDb.quoted(type.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}

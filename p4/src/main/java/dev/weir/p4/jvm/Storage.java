package dev.weir.p4.jvm;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.Wide;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a program's places are: numbers of up to 64 bits in variables, which are locals of the one method or, where the program has several methods,
 * fields; wider ones in longs of an array, with room behind them for what is computed. Places that nobody reads or assigns are nowhere.
 */
final class Storage {
    /** The variables of the code's own: how far the parser came, where the packet ends, the parser's error, how often it turned, the emitted bytes. */
    static final String AT = "$at", END = "$end", ERROR = "$error", TURNS = "$turns", EMITTED = "$emitted";

    final boolean inFields;
    private final Map<String, Integer> variables = new LinkedHashMap<>();
    private final Map<String, Integer> slots = new LinkedHashMap<>();
    private final int placeLimbs;
    private int top;
    private int most;

    Storage(Pipeline pipeline, Uses uses, boolean inFields) {
        this.inFields = inFields;
        for (String name : new String[] {AT, END, ERROR, TURNS, EMITTED}) variables.put(name, variables.size());
        for (Value.Place place : pipeline.places()) {
            if (!uses.tracks(place.name())) continue;
            if (place.width() <= 64) {
                variables.put(place.name(), variables.size());
            } else {
                slots.put(place.name(), top);
                top += Wide.limbs(place.width());
            }
        }
        for (Pipeline.Header header : pipeline.headers()) {
            if (!uses.extracted.contains(header.name())) continue;
            keep(header.valid().name());
            if (!uses.emitted.contains(header.name())) continue;
            keep(begin(header));
            for (HeaderType.Field field : header.type().fields()) {
                if (field.varbit()) keep(header.length(field).name());
            }
        }
        placeLimbs = top;
        most = top;
    }

    private void keep(String variable) {
        variables.putIfAbsent(variable, variables.size());
    }

    /** The variable that says where in the packet a header was extracted; -1 when it was not. */
    static String begin(Pipeline.Header header) {
        return header.name() + ".$begin";
    }

    Map<String, Integer> variables() {
        return variables;
    }

    /** The number of a variable; {@code null} for a place that is nowhere. */
    @Nullable
    Integer variable(String name) {
        return variables.get(name);
    }

    /** Where a wide place begins; {@code null} for one that is nowhere. */
    @Nullable
    Integer slot(String name) {
        return slots.get(name);
    }

    /** Longs that are cleared when a packet begins. */
    int placeLimbs() {
        return placeLimbs;
    }

    /** Takes room that is given back by {@link #release}. */
    int temporary(int limbs) {
        int at = top;
        top += limbs;
        most = Math.max(most, top);
        return at;
    }

    /** Has all that was taken so far stay taken. */
    void keep() {
        top = most;
    }

    int mark() {
        return top;
    }

    void release(int mark) {
        top = mark;
    }

    /** How long the array must be. */
    int limbs() {
        return most;
    }
}

package dev.weir.export.filter;

import java.util.List;
import java.util.stream.Collectors;

/** Text that is no filter. The message is one line, about the first fault; {@link #report} tells all of them. */
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final List<FilterFault> faults;

    /** @param faults at least one, by their place */
    FilterException(String source, List<FilterFault> faults) {
        super("column " + (faults.getFirst().offset() + 1) + ": "
                + faults.getFirst().message() + (faults.size() == 1 ? "" : " (and " + (faults.size() - 1) + " more)"));
        this.source = source;
        this.faults = List.copyOf(faults);
    }

    /** What is wrong, by its place in the expression; at least one. */
    public List<FilterFault> faults() {
        return faults;
    }

    /** All faults for a person, one below the other, as {@link FilterFault#render} has them. */
    public String report() {
        return faults.stream().map(fault -> fault.render(source)).collect(Collectors.joining("\n"));
    }
}

package dev.weir.cli;

import java.util.Locale;

/** Numbers for a person: three or four digits and a unit. */
public final class Quantities {
    private Quantities() {}

    public static String count(long number) {
        return number < 10_000 ? Long.toString(number) : scaled((double) number, "");
    }

    public static String bytes(long number) {
        return number < 10_000 ? number + " bytes" : scaled((double) number, "B");
    }

    public static String rate(long packets, double seconds) {
        return scaled(seconds > 0 ? packets / seconds : 0, "packets/s");
    }

    public static String time(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }

    /** The same in five characters at the most, where room is scarce: {@code 9999}, {@code 12.3k}, {@code 1.2M}. */
    public static String brief(double number) {
        if (number < 9.95 && number != Math.rint(number)) {
            return String.format(Locale.ROOT, "%.1f", number);
        }
        return number < 9999.5
                ? Long.toString(Math.round(number))
                : scaled(number, "").replace(" ", "");
    }

    private static String scaled(double number, String unit) {
        String[] prefixes = {"", "k", "M", "G", "T", "P", "E"};
        double value = number;
        int prefix = 0;
        while (value >= 999.5 && prefix < prefixes.length - 1) {
            value /= 1000;
            prefix++;
        }
        String digits = value >= 99.95 || prefix == 0 ? "%.0f" : "%.1f";
        return (String.format(Locale.ROOT, digits, value) + " " + prefixes[prefix] + unit).stripTrailing();
    }
}

package dev.weir.p4.interpret;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Value;
import java.math.BigInteger;
import java.util.List;

/** Matches of several fields. */
final class Matches {
    private Matches() {}

    static boolean match(List<Match> matches, List<BigInteger> numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            if (!matches.get(i).matches(numbers.get(i))) return false;
        }
        return true;
    }

    /** Whether they match the same numbers, as far as they look alike in their one form. */
    static boolean same(List<Match> a, List<Match> b, List<MatchField> fields) {
        for (int i = 0; i < a.size(); i++) {
            int width = fields.get(i).width();
            if (!normal(a.get(i), width).equals(normal(b.get(i), width))) return false;
        }
        return true;
    }

    /** One form for all that match the same. */
    static Match normal(Match match, int width) {
        BigInteger all = Value.mask(width);
        return switch (match) {
            case Match.Exactly m -> new Match.Masked(m.number(), all);
            case Match.Masked m -> new Match.Masked(m.number().and(m.mask()), m.mask());
            case Match.Any _ -> new Match.Masked(BigInteger.ZERO, BigInteger.ZERO);
            case Match.Range m -> m;
        };
    }
}

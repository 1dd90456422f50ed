package dev.weir.server.standby;

/**
 * Who forwards, and since the how-manieth takeover; immutable. Of two the larger holds, so of all terms that were ever written down there is one that holds, whoever heard of which.
 *
 * @param number grows with every takeover; unsigned
 * @param machine the name of who took over, at random; unsigned
 */
record Term(long number, long machine) implements Comparable<Term> {
    @Override
    public int compareTo(Term other) {
        int byNumber = Long.compareUnsigned(number, other.number);
        return byNumber != 0 ? byNumber : Long.compareUnsigned(machine, other.machine);
    }

    static Term of(dev.weir.api.v1.Term message) {
        return new Term(message.getNumber(), message.getMachine());
    }

    dev.weir.api.v1.Term message() {
        return dev.weir.api.v1.Term.newBuilder()
                .setNumber(number)
                .setMachine(machine)
                .build();
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(number) + " of " + Long.toHexString(machine);
    }
}

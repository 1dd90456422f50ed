package dev.weir.p4.jvm;

import dev.weir.p4.run.Bits;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.ValueLayout;

/**
 * Moves octets between segments and the operand stack by the segments' own accessors, which HotSpot always takes in: it does not take methods of ours into a
 * method of more than 8000 bytes. Numbers are in network order.
 */
final class MemoryCode {
    /** Most octets that are moved at once. */
    static final int WORD = 8;

    private static final ClassDesc BITS = Code.describe(Bits.class);

    private final Code code;
    private final CodeBuilder c;

    MemoryCode(Code code) {
        this.code = code;
        this.c = code.c;
    }

    /** Where octets are. */
    record Place(Runnable segment, Runnable position, int offset) {
        /** Some octets further. */
        Place plus(int octets) {
            return new Place(segment, position, offset + octets);
        }
    }

    /** The widths that memory has. */
    @SuppressWarnings("ImmutableEnumChecker") // descriptors of classes are
    private enum Unit {
        BYTE(1, ValueLayout.OfByte.class, ConstantDescs.CD_byte),
        SHORT(2, ValueLayout.OfShort.class, ConstantDescs.CD_short),
        INT(4, ValueLayout.OfInt.class, ConstantDescs.CD_int),
        LONG(8, ValueLayout.OfLong.class, ConstantDescs.CD_long);

        final int octets;
        final ClassDesc layout;
        final ClassDesc type;

        Unit(int octets, Class<?> layout, ClassDesc type) {
            this.octets = octets;
            this.layout = Code.describe(layout);
            this.type = type;
        }

        /** The widest of at most so many octets. */
        static Unit within(int octets) {
            return octets >= 8 ? LONG : octets >= 4 ? INT : octets >= 2 ? SHORT : BYTE;
        }
    }

    private void at(Place place, Unit unit) {
        place.segment.run();
        c.getstatic(BITS, unit.name(), unit.layout);
        place.position.run();
        if (place.offset == 0) return;
        code.constant(place.offset);
        c.ladd();
    }

    /** Pushes a word of the machine's own order from the segment that was pushed. */
    void word(Runnable position, int offset) {
        c.getstatic(BITS, "WORD", Unit.LONG.layout);
        position.run();
        code.constant(offset);
        c.ladd();
        accessor(Unit.LONG);
    }

    private void get(Place place, Unit unit) {
        at(place, unit);
        accessor(unit);
    }

    private void accessor(Unit unit) {
        c.invokeinterface(Code.SEGMENT, "get", MethodTypeDesc.of(unit.type, unit.layout, ConstantDescs.CD_long));
    }

    private void set(Unit unit) {
        c.invokeinterface(
                Code.SEGMENT,
                "set",
                MethodTypeDesc.of(ConstantDescs.CD_void, unit.layout, ConstantDescs.CD_long, unit.type));
    }

    /** Pushes the unsigned number in one to eight octets. */
    void load(Place place, int octets) {
        Unit unit = Unit.within(octets);
        get(place, unit);
        if (unit != Unit.LONG) {
            c.i2l();
            code.mask(8 * unit.octets);
        }
        int left = octets - unit.octets;
        if (left == 0) return;
        c.loadConstant(8 * left).lshl();
        load(place.plus(unit.octets), left);
        c.lor();
    }

    /** Writes the low octets of a number, one to eight of them. */
    void store(Place place, int octets, Runnable number) {
        Unit unit = Unit.within(octets);
        if (unit.octets == octets) {
            at(place, unit);
            number.run();
            if (unit != Unit.LONG) c.l2i();
            set(unit);
            return;
        }
        int local = code.newLong();
        number.run();
        c.lstore(local);
        storeLocal(place, octets, local);
    }

    private void storeLocal(Place place, int octets, int local) {
        Unit unit = Unit.within(octets);
        int left = octets - unit.octets;
        store(place, unit.octets, () -> {
            c.lload(local);
            if (left > 0) c.loadConstant(8 * left).lushr();
        });
        if (left > 0) storeLocal(place.plus(unit.octets), left, local);
    }

    /** Writes those bits of one to eight octets that the mask has. */
    void insert(Place place, int octets, long mask, Runnable number) {
        store(place, octets, () -> {
            load(place, octets);
            code.constant(~mask);
            c.land();
            number.run();
            code.constant(mask);
            c.land().lor();
        });
    }

    /** Copies octets, from left to right. */
    void copy(Place from, Place to, int octets) {
        for (int done = 0; done < octets; ) {
            Unit unit = Unit.within(octets - done);
            at(to.plus(done), unit);
            get(from.plus(done), unit);
            set(unit);
            done += unit.octets;
        }
    }
}

package dev.weir.p4.jvm;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.Bits;
import dev.weir.p4.run.Wide;
import java.lang.classfile.CodeBuilder;

/** Moves fields of headers between a segment and their places. A position is pushed by whoever asks: a long, where the header begins. */
final class FieldCode {
    private final Code code;
    private final CodeBuilder c;
    private final ValueCode values;
    private final MemoryCode memory;

    FieldCode(Code code, ValueCode values) {
        this.code = code;
        memory = new MemoryCode(code);
        this.c = code.c;
        this.values = values;
    }

    private static MemoryCode.Place at(Runnable segment, Runnable position, int offset) {
        return new MemoryCode.Place(segment, position, offset);
    }

    /** Loads a number of {@code width} bits, {@code bit} bits behind the position, to a place. */
    void load(Runnable segment, Runnable position, int bit, Value.Place to) {
        if (to.width() <= 64) {
            if (code.storage.variable(to.name()) == null) return;
            push(segment, position, bit, to.width());
            code.store(to.name());
            return;
        }
        Integer slot = code.storage.slot(to.name());
        if (slot != null) loadWide(segment, position, bit, to.width(), slot);
    }

    /** Pushes a number of at most 64 bits. */
    private void push(Runnable segment, Runnable position, int bit, int width) {
        int skip = bit & 7;
        int span = (skip + width + 7) / 8;
        memory.load(at(segment, position, bit / 8), Math.min(span, 8));
        if (span <= 8) {
            int behind = span * 8 - skip - width;
            if (behind > 0) c.loadConstant(behind).lushr();
            if (skip > 0) code.mask(width);
            return;
        }
        int more = skip + width - 64;
        c.loadConstant(more).lshl();
        memory.load(at(segment, position, bit / 8 + 8), 1);
        c.loadConstant(8 - more).lushr().lor();
        code.mask(width);
    }

    private void loadWide(Runnable segment, Runnable position, int bit, int width, int to) {
        int mark = code.storage.mark();
        int skip = bit & 7;
        int span = (skip + width + 7) / 8;
        boolean whole = skip == 0 && width % 8 == 0;
        int raw = whole ? to : code.storage.temporary(Wide.limbs(span * 8));
        limbs(span, (offset, octets, limb) -> {
            code.wide();
            code.integer(raw + limb);
            memory.load(at(segment, position, bit / 8 + offset), octets);
            c.lastore();
        });
        if (!whole) {
            code.wide();
            c.loadConstant(to).loadConstant(raw).loadConstant(Wide.limbs(span * 8));
            c.loadConstant(span * 8 - skip - width).loadConstant(width);
            code.call(Wide.class, "slice");
        }
        code.storage.release(mark);
    }

    /** Stores what a place holds, {@code bit} bits behind the position. What is nowhere is zero. */
    void store(Runnable segment, Runnable position, int bit, Value.Place from) {
        int width = from.width();
        if (width <= 64) {
            storeBits(segment, position, bit, from);
            return;
        }
        if (bit % 8 == 0 && width % 8 == 0) {
            int slot = values.wide().number(from);
            limbs(
                    width / 8,
                    (offset, octets, limb) -> memory.store(
                            at(segment, position, bit / 8 + offset), octets, () -> code.limb(slot + limb)));
            return;
        }
        for (int done = 0; done < width; done += 32) {
            int high = width - 1 - done;
            int low = Math.max(0, high - 31);
            storeBits(segment, position, bit + done, new Value.Slice(from, high, low));
        }
    }

    private void storeBits(Runnable segment, Runnable position, int bit, Value value) {
        int width = value.width();
        int skip = bit & 7;
        int span = (skip + width + 7) / 8;
        if (span > 8) {
            int high = width / 2;
            storeBits(segment, position, bit, new Value.Slice(value, width - 1, width - high));
            storeBits(segment, position, bit + high, new Value.Slice(value, width - high - 1, 0));
            return;
        }
        int behind = span * 8 - skip - width;
        Runnable number = () -> {
            values.value(value);
            if (behind > 0) c.loadConstant(behind).lshl();
        };
        MemoryCode.Place to = at(segment, position, bit / 8);
        if (skip == 0 && behind == 0) {
            memory.store(to, span, number);
        } else {
            memory.insert(to, span, Code.ones(width) << behind, number);
        }
    }

    /** Writes a header of whole octets without varbits, as few words as it has. What is nowhere is zero. */
    void storeAll(Runnable segment, Runnable position, Pipeline.Header header) {
        int octets = Names.fixedBytes(header.type());
        for (int done = 0; done < octets; ) {
            int part = Integer.highestOneBit(Math.min(MemoryCode.WORD, octets - done));
            int from = 8 * done;
            memory.store(at(segment, position, done), part, () -> word(header, from, 8 * part));
            done += part;
        }
    }

    /** Pushes bits of a header, each field's part at its place. */
    private void word(Pipeline.Header header, int from, int width) {
        boolean first = true;
        int bit = 0;
        for (HeaderType.Field field : header.type().fields()) {
            int begin = Math.max(bit, from);
            int end = Math.min(bit + field.width(), from + width);
            if (begin < end) {
                Value.Place place = header.field(field);
                int high = bit + field.width() - 1 - begin;
                int low = bit + field.width() - end;
                values.value(end - begin == field.width() ? place : new Value.Slice(place, high, low));
                if (end < from + width) c.loadConstant(from + width - end).lshl();
                if (!first) c.lor();
                first = false;
            }
            bit += field.width();
        }
    }

    /** What lies in one limb of a number in memory. */
    private interface LimbCode {
        void of(int offset, int octets, int limb);
    }

    /** The limbs of a number of so many octets, the least significant first. */
    private static void limbs(int octets, LimbCode limb) {
        int left = octets;
        for (int i = 0; left > 0; i++) {
            int part = Math.min(left, MemoryCode.WORD);
            left -= part;
            limb.of(left, part, i);
        }
    }

    /** Loads a varbit of as many bytes as are on the stack of {@code bytes}. */
    void loadVarbit(Runnable segment, Runnable position, Runnable bytes, Value.Place to) {
        boolean wide = to.width() > 64;
        if (!wide && code.storage.variable(to.name()) == null) return;
        Integer slot = code.storage.slot(to.name());
        if (wide && slot == null) return;
        segment.run();
        position.run();
        bytes.run();
        if (wide && slot != null) {
            code.wide();
            c.loadConstant(slot).loadConstant(to.width());
            code.call(Wide.class, "loadLeft");
        } else {
            code.integer(to.width());
            code.call(Bits.class, "loadLeft");
            code.store(to.name());
        }
    }

    void storeVarbit(Runnable segment, Runnable position, Runnable bytes, Value.Place from) {
        boolean wide = from.width() > 64;
        int slot = wide ? values.wide().number(from) : 0;
        segment.run();
        position.run();
        bytes.run();
        if (wide) {
            code.wide();
            c.loadConstant(slot).loadConstant(from.width());
            code.call(Wide.class, "storeLeft");
        } else {
            code.integer(from.width());
            values.value(from);
            code.call(Bits.class, "storeLeft");
        }
    }

    /** Pushes how many whole bytes a varbit has: its length, at most its width. */
    void varbitBytes(Pipeline.Header header, HeaderType.Field field) {
        code.load(header.length(field).name());
        code.constant(field.width());
        code.call(Bits.class, "least");
        c.loadConstant(3).lushr();
    }
}

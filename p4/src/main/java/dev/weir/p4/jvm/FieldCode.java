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

    FieldCode(Code code, ValueCode values) {
        this.code = code;
        this.c = code.c;
        this.values = values;
    }

    /** Pushes the position and some bytes. */
    private void at(Runnable position, int bytes) {
        position.run();
        if (bytes == 0) return;
        code.constant(bytes);
        c.ladd();
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
        segment.run();
        at(position, bit / 8);
        code.integer(Math.min(span, 8));
        code.call(Bits.class, "load");
        if (span <= 8) {
            int behind = span * 8 - skip - width;
            if (behind > 0) c.loadConstant(behind).lushr();
            if (skip > 0) code.mask(width);
            return;
        }
        int more = skip + width - 64;
        c.loadConstant(more).lshl();
        segment.run();
        at(position, bit / 8 + 8);
        code.integer(1);
        code.call(Bits.class, "load");
        c.loadConstant(8 - more).lushr().lor();
        code.mask(width);
    }

    private void loadWide(Runnable segment, Runnable position, int bit, int width, int to) {
        int mark = code.storage.mark();
        int skip = bit & 7;
        int span = (skip + width + 7) / 8;
        boolean whole = skip == 0 && width % 8 == 0;
        int raw = whole ? to : code.storage.temporary(Wide.limbs(span * 8));
        segment.run();
        at(position, bit / 8);
        code.integer(span);
        code.wide();
        code.integer(raw);
        code.call(Wide.class, "load");
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
            segment.run();
            at(position, bit / 8);
            code.integer(width / 8);
            code.wide();
            code.integer(slot);
            code.call(Wide.class, "store");
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
        segment.run();
        at(position, bit / 8);
        code.integer(span);
        values.value(value);
        if (behind > 0) c.loadConstant(behind).lshl();
        if (skip == 0 && behind == 0) {
            code.call(Bits.class, "store");
        } else {
            code.constant(Code.ones(width) << behind);
            code.call(Bits.class, "insert");
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

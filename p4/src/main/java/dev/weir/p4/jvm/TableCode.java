package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.Cells;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.MatchKeys;
import dev.weir.p4.run.TableRun;
import dev.weir.p4.run.ValueSetRun;
import dev.weir.p4.run.Wide;
import dev.weir.table.match.KeyLayout;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Makes code of what has to do with tables, entries and resources: calls of {@link TableRun} and {@link Cells}. */
final class TableCode {
    private final InstructionCode around;
    private final Code code;
    private final CodeBuilder c;
    private final MemoryCode memory;

    TableCode(InstructionCode around) {
        this.around = around;
        code = around.code;
        c = code.c;
        memory = new MemoryCode(code);
    }

    EntryLayout layout(Table table) {
        return EntryLayout.of(around.names.pipeline, table);
    }

    private void push(Table table) {
        String field = ProgramCompiler.field(around.names.number(table));
        c.aload(0).getfield(code.self, field, Code.describe(TableRun.class));
    }

    /** The table whose action this is. */
    private Table own() {
        return Objects.requireNonNull(around.table);
    }

    void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Apply i -> apply(around.names.table(i.table()));
            case Instruction.AddEntry i -> add(i);
            case Instruction.RestartTimer i -> {
                push(own());
                if (i.profile() == null) {
                    code.constant(-1);
                } else {
                    around.values.value(i.profile());
                }
                code.call(TableRun.class, "restart");
            }
            case Instruction.Contains i -> contains(i);
            case Instruction.Count i -> count(i);
            case Instruction.ExecuteMeter i -> execute(i);
            case Instruction.ReadRegister i -> read(i);
            case Instruction.WriteRegister i -> write(i);
            default -> throw new AssertionError(instruction);
        }
    }

    /** Puts the key among those of the packets that were looked ahead at. */
    void scout(Table table) {
        int words = MatchKeys.layout(table.fields()).words();
        int base = c.allocateLocal(TypeKind.INT);
        push(table);
        c.getfield(Code.describe(TableRun.class), "scouted", ConstantDescs.CD_int);
        c.loadConstant(words).imul().istore(base);
        key(table, "keys", word -> c.iload(base).loadConstant(word).iadd());
        push(table);
        c.dup().getfield(Code.describe(TableRun.class), "scouted", ConstantDescs.CD_int);
        c.iconst_1().iadd().putfield(Code.describe(TableRun.class), "scouted", ConstantDescs.CD_int);
    }

    private void apply(Table table) {
        if (!table.keys().isEmpty()) key(table, "key", code::integer);
        if (table.implementation() != null && table.implementation().selection() != null) {
            push(table);
            around.values.value(table.implementation().selection().by());
            c.putfield(Code.describe(TableRun.class), "selector", ConstantDescs.CD_long);
        }
        push(table);
        code.call(TableRun.class, "apply");
        int action = c.allocateLocal(TypeKind.INT);
        c.istore(action);
        push(table);
        code.call(TableRun.class, "hit");
        code.store(table.hit().name());
        c.iload(action).i2l();
        code.store(table.ran().name());
        List<SwitchCase> cases = new ArrayList<>();
        List<Label> labels = new ArrayList<>();
        Label end = code.label();
        for (int i = 0; i < table.actions().size(); i++) {
            labels.add(code.label());
            cases.add(SwitchCase.of(i, labels.get(i)));
        }
        c.iload(action).lookupswitch(end, cases);
        for (int i = 0; i < labels.size(); i++) {
            code.bind(labels.get(i));
            Pipeline.Action each = around.names.action(table.actions().get(i).action());
            action(table, each);
            c.goto_(end);
        }
        code.bind(end);
    }

    private void action(Table table, Pipeline.Action action) {
        if (action.body().isEmpty()) return;
        int mark = code.storage.mark();
        around.ofAction(table, action.name(), around.arguments(table, action)).body(action.body());
        code.storage.release(mark);
    }

    /**
     * Loads an argument from the words of the entry that the table found.
     *
     * @return the local, or the slot of a wide one, that it is in
     */
    int argument(Table table, int word, int width) {
        if (width <= 64) {
            int local = code.newLong();
            word(table, word);
            c.lstore(local);
            return local;
        }
        int slot = code.storage.temporary(Wide.limbs(width));
        for (int limb = 0; limb < Wide.limbs(width); limb++) {
            code.wide();
            c.loadConstant(slot + limb);
            word(table, word + limb);
            c.lastore();
        }
        return slot;
    }

    private void word(Table table, int word) {
        push(table);
        c.getfield(Code.describe(TableRun.class), "memory", Code.SEGMENT);
        memory.word(
                () -> {
                    push(table);
                    c.getfield(Code.describe(TableRun.class), "at", ConstantDescs.CD_long);
                },
                Long.BYTES * word);
    }

    private void key(Table table, String array, IntConsumer index) {
        List<Value> values = table.keys().stream().map(Table.Key::value).toList();
        key(table.fields(), values, index, () -> {
            push(table);
            c.getfield(Code.describe(TableRun.class), array, Code.LONGS);
        });
    }

    private void contains(Instruction.Contains i) {
        int number = around.names.valueSet(i.set());
        Runnable push = () ->
                c.aload(0).getfield(code.self, ProgramCompiler.setField(number), Code.describe(ValueSetRun.class));
        List<MatchField> fields = around.names.pipeline.valueSets().get(number).fields();
        key(fields, i.values(), code::integer, () -> {
            push.run();
            c.getfield(Code.describe(ValueSetRun.class), "key", Code.LONGS);
        });
        push.run();
        code.call(ValueSetRun.class, "contains");
        code.store(i.to().name());
    }

    /**
     * Puts the words of a key together, each of the parts of fields that are in it.
     *
     * @param push pushes the array that they go to
     */
    private void key(List<MatchField> fields, List<Value> values, IntConsumer index, Runnable push) {
        KeyLayout layout = MatchKeys.layout(fields);
        List<List<Runnable>> words = new ArrayList<>();
        for (int word = 0; word < layout.words(); word++) words.add(new ArrayList<>());
        for (int field = 0; field < values.size(); field++) {
            Value value = values.get(field);
            int end = layout.bitOffset(field) + value.width();
            if (value.width() <= 64) {
                int number = code.newLong();
                around.values.value(value);
                c.lstore(number);
                part(words, end, value.width(), () -> c.lload(number));
            } else {
                int slot = around.values.wide().number(value);
                for (int limb = 0; limb < Wide.limbs(value.width()); limb++) {
                    int at = slot + limb;
                    part(words, end - 64 * limb, Math.min(64, value.width() - 64 * limb), () -> code.limb(at));
                }
            }
        }
        push.run();
        int local = c.allocateLocal(TypeKind.REFERENCE);
        c.astore(local);
        for (int word = 0; word < words.size(); word++) {
            c.aload(local);
            index.accept(word);
            if (words.get(word).isEmpty()) c.lconst_0();
            for (int i = 0; i < words.get(word).size(); i++) {
                words.get(word).get(i).run();
                if (i > 0) c.lor();
            }
            c.lastore();
        }
    }

    /** Up to 64 bits that end before bit {@code end} of the key. */
    private void part(List<List<Runnable>> words, int end, int width, Runnable push) {
        int word = (end - 1) >>> 6;
        int shift = -end & 63;
        words.get(word).add(() -> {
            push.run();
            if (shift > 0) c.loadConstant(shift).lshl();
        });
        if (width + shift > 64) {
            words.get(word - 1).add(() -> {
                push.run();
                c.loadConstant(64 - shift).lushr();
            });
        }
    }

    private void add(Instruction.AddEntry i) {
        Table table = own();
        int number = table.actionNumber(i.action());
        if (number < 0) {
            c.lconst_1();
            code.store(i.status().name());
            return;
        }
        Pipeline.Action action = around.names.action(i.action());
        for (int n = 0; n < i.arguments().size(); n++) {
            Value value = i.arguments().get(n);
            int word = layout(table)
                    .argument(action.name(), action.parameters().get(n).name());
            for (int limb = 0; limb < Wide.limbs(value.width()); limb++) {
                int low = 64 * limb;
                int width = Math.min(64, value.width() - low);
                push(table);
                c.getfield(Code.describe(TableRun.class), "added", Code.LONGS);
                c.loadConstant(word + limb);
                around.values.value(value.width() <= 64 ? value : new Value.Slice(value, low + width - 1, low));
                c.lastore();
            }
        }
        push(table);
        code.integer(number);
        around.values.value(i.profile());
        code.call(TableRun.class, "add");
        code.store(i.status().name());
    }

    private void cells(String resource) {
        int number = around.names.pipeline.resources().indexOf(around.names.resource(resource));
        c.aload(0).getfield(code.self, ProgramCompiler.cellField(number), Code.describe(Cells.class));
    }

    /** Pushes the table whose entries have the resource, and where in them it is. */
    private void direct(String resource) {
        push(own());
        code.integer(layout(own()).resource(resource));
    }

    /** Whether a direct resource is one of this table's. An action can be one of other tables', too; there it does nothing. */
    private boolean has(String resource) {
        return own().direct().contains(resource);
    }

    /** Pushes the cells and the index. */
    private void indexed(String resource, Value index) {
        cells(resource);
        around.values.distance(index);
    }

    private void count(Instruction.Count i) {
        if (i.index() != null) {
            indexed(i.counter(), i.index());
            code.call(Cells.class, "count");
        } else if (has(i.counter())) {
            direct(i.counter());
            code.call(TableRun.class, "count");
        }
    }

    private void color(@Nullable Value color) {
        if (color == null) {
            code.constant(Resource.Meter.GREEN);
        } else {
            around.values.value(color);
        }
    }

    private void execute(Instruction.ExecuteMeter i) {
        if (i.index() != null) {
            indexed(i.meter(), i.index());
            color(i.color());
            code.call(Cells.class, "execute");
        } else if (has(i.meter())) {
            Resource.Meter meter = (Resource.Meter) around.names.resource(i.meter());
            direct(i.meter());
            code.integer(meter.unit() == Resource.Unit.PACKETS ? 0 : 1);
            color(i.color());
            code.call(TableRun.class, "execute");
        } else {
            code.constant(Resource.Meter.GREEN);
        }
        code.store(i.to().name());
    }

    private void read(Instruction.ReadRegister i) {
        Resource.Register register = (Resource.Register) around.names.resource(i.register());
        if (register.width() > 64) {
            readWide(i, register);
            return;
        }
        if (i.index() != null) {
            indexed(i.register(), i.index());
            code.call(Cells.class, "read");
        } else if (has(i.register())) {
            direct(i.register());
            code.constant(register.initial().longValue());
            code.call(TableRun.class, "read");
        } else {
            code.constant(register.initial().longValue());
        }
        code.store(i.to().name());
    }

    private void readWide(Instruction.ReadRegister i, Resource.Register register) {
        Integer to = code.storage.slot(i.to().name());
        if (to == null) return;
        if (i.index() != null) {
            indexed(i.register(), i.index());
            code.wide();
            code.integer(to);
            code.call(Cells.class, "readWide");
            return;
        }
        around.values.wide().assign(i.to(), to, new Value.Constant(register.initial(), register.width()));
        if (!has(i.register())) return;
        direct(i.register());
        code.integer(Wide.limbs(register.width()));
        code.wide();
        code.integer(to);
        code.call(TableRun.class, "readWide");
    }

    private void write(Instruction.WriteRegister i) {
        int width = i.value().width();
        if (i.index() == null && !has(i.register())) return;
        int slot = width > 64 ? around.values.wide().number(i.value()) : 0;
        if (i.index() != null) {
            indexed(i.register(), i.index());
        } else {
            direct(i.register());
        }
        Class<?> owner = i.index() != null ? Cells.class : TableRun.class;
        if (width <= 64) {
            around.values.value(i.value());
            code.call(owner, "write");
            return;
        }
        if (i.index() == null) code.integer(Wide.limbs(width));
        code.wide();
        code.integer(slot);
        code.call(owner, "writeWide");
    }
}

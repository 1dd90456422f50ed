package dev.weir.p4.jvm;

import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.passes.Passes;
import dev.weir.p4.run.BufferProtocol;
import dev.weir.p4.run.Cells;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableRun;
import dev.weir.p4.run.ValueSetRun;
import dev.weir.p4.run.Wide;
import dev.weir.packet.PacketVector;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.List;

/**
 * Compiles a pipeline to a class of the JVM.
 *
 * <p>The class has one method that runs a packet from the parser's begin to the deparser's end, with everything in locals, as long as that is not longer than
 * what the JVM compiles ({@link HugeMethods}). A longer program is made again with its places in fields, a method
 * for each state of the parser, and methods for bodies that are too long (see {@link Pieces}).
 */
public final class ProgramCompiler {
    /** What is heavier is not tried as one method: the JVM takes none of 64 KiB. */
    private static final int MOST_WEIGHT = 6 * HugeMethods.LIMIT;

    private static final ClassDesc SELF = ClassDesc.of("dev.weir.p4.jvm.Program");
    private static final MethodTypeDesc PACKET = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc SCOUTS = MethodTypeDesc.of(Code.describe(TableRun.class));
    private static final MethodTypeDesc INIT =
            MethodTypeDesc.of(ConstantDescs.CD_void, Code.describe(ProgramState.class));

    private final Pipeline pipeline;
    private final Names names;
    private final Uses uses;
    private final Storage storage;
    private final Pieces pieces;

    private ProgramCompiler(Pipeline pipeline, boolean split) {
        this.pipeline = pipeline;
        names = new Names(pipeline);
        uses = new Uses(pipeline);
        storage = new Storage(pipeline, uses, split);
        pieces = new Pieces(split);
    }

    /**
     * Compiles a pipeline.
     *
     * @throws IllegalArgumentException when it has faults, or a part of it is too large for a method of the JVM
     */
    public static CompiledProgram compile(Pipeline pipeline) {
        Pipeline optimized = Passes.optimize(IrVerifier.requireValid(pipeline));
        Names names = new Names(optimized);
        if (new Weight(names).of(optimized) <= MOST_WEIGHT) {
            CompiledProgram whole = compile(optimized, false);
            if (longest(whole.classFile()) <= HugeMethods.limit()) return whole;
        }
        return compile(optimized, true);
    }

    /** @param split whether it becomes several methods */
    static CompiledProgram compile(Pipeline pipeline, boolean split) {
        ProgramCompiler compiler = new ProgramCompiler(pipeline, split);
        byte[] classFile = ClassFile.of().build(SELF, compiler::build);
        int front = DeparserCode.frontBytes(pipeline.deparser(), compiler.names);
        return new CompiledProgram(pipeline, classFile, compiler.storage.limbs(), front);
    }

    /** How many bytes of code the longest method has. */
    static int longest(byte[] classFile) {
        int longest = 0;
        for (MethodModel method : ClassFile.of().parse(classFile).methods()) {
            int length = method.code()
                    .map(code -> ((CodeAttribute) code).codeLength())
                    .orElse(0);
            longest = Math.max(longest, length);
        }
        return longest;
    }

    /** The field that holds a table. */
    static String field(int table) {
        return "t" + table;
    }

    /** The field that holds the cells of a resource. */
    static String cellField(int resource) {
        return "c" + resource;
    }

    /** The field that holds a value set. */
    static String setField(int set) {
        return "s" + set;
    }

    private void build(ClassBuilder builder) {
        builder.withSuperclass(Code.BASE).withFlags(AccessFlag.FINAL, AccessFlag.SUPER);
        for (int i = 0; i < pipeline.tables().size(); i++) {
            builder.withField(field(i), Code.describe(TableRun.class), ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
        for (int i = 0; i < pipeline.resources().size(); i++) {
            if (pipeline.resources().get(i).direct()) continue;
            builder.withField(cellField(i), Code.describe(Cells.class), ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
        for (int i = 0; i < pipeline.valueSets().size(); i++) {
            builder.withField(
                    setField(i), Code.describe(ValueSetRun.class), ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
        if (storage.inFields) {
            storage.variables()
                    .values()
                    .forEach(number ->
                            builder.withField(Code.field(number), ConstantDescs.CD_long, ClassFile.ACC_PRIVATE));
        }
        builder.withMethodBody(ConstantDescs.INIT_NAME, INIT, 0, this::constructor);
        VectorLoops loops = new VectorLoops(SELF);
        loops.all(builder);
        builder.withMethodBody("packet", PACKET, ClassFile.ACC_PROTECTED, this::packet);
        Table scouted = storage.inFields ? null : Scouting.table(pipeline, names);
        if (scouted != null) {
            builder.withMethodBody("scouts", SCOUTS, ClassFile.ACC_PROTECTED, c -> scouts(c, scouted));
            builder.withMethodBody("scout", PACKET, ClassFile.ACC_PROTECTED, c -> scout(c, scouted));
            loops.ahead(builder);
        }
        if (storage.inFields) {
            for (int i = 0; i < pipeline.states().size(); i++) {
                Pipeline.State state = pipeline.states().get(i);
                builder.withMethodBody("state" + i, InstructionCode.PIECE, ClassFile.ACC_PRIVATE, c -> state(c, state));
            }
            builder.withMethodBody("control", PACKET, ClassFile.ACC_PRIVATE, c -> control(new Code(c, storage, SELF)));
            builder.withMethodBody(
                    "deparser", PACKET, ClassFile.ACC_PRIVATE, c -> deparser(new Code(c, storage, SELF)));
        }
        for (Pieces.Piece piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            Pieces.Piece each = piece;
            builder.withMethodBody(each.name(), InstructionCode.PIECE, ClassFile.ACC_PRIVATE, c -> piece(c, each));
        }
    }

    private void constructor(CodeBuilder c) {
        c.aload(0).aload(1).invokespecial(Code.BASE, ConstantDescs.INIT_NAME, INIT);
        for (int i = 0; i < pipeline.tables().size(); i++) numbered(c, i, TableRun.class, "tableNumber", field(i));
        for (int i = 0; i < pipeline.valueSets().size(); i++) {
            numbered(c, i, ValueSetRun.class, "valueSetNumber", setField(i));
        }
        for (int i = 0; i < pipeline.resources().size(); i++) {
            Resource resource = pipeline.resources().get(i);
            if (resource.direct()) continue;
            MethodTypeDesc type = MethodTypeDesc.of(Code.describe(Cells.class), ConstantDescs.CD_String);
            c.aload(0).aload(1).loadConstant(resource.name());
            c.invokevirtual(Code.describe(ProgramState.class), "cells", type);
            c.putfield(SELF, cellField(i), Code.describe(Cells.class));
        }
        c.return_();
    }

    /** Has a field hold what the state has under that number. */
    private static void numbered(CodeBuilder c, int number, Class<?> kind, String getter, String field) {
        MethodTypeDesc type = MethodTypeDesc.of(Code.describe(kind), ConstantDescs.CD_int);
        c.aload(0).aload(1).loadConstant(number);
        c.invokevirtual(Code.describe(ProgramState.class), getter, type);
        c.putfield(SELF, field, Code.describe(kind));
    }

    private InstructionCode code(Code code) {
        return new InstructionCode(code, names, pieces, null, null, new HashMap<>(), null, null);
    }

    private void packet(CodeBuilder c) {
        Code code = new Code(c, storage, SELF);
        begin(code);
        if (storage.inFields) {
            new StateCode(code, names, code(code)).drive();
            for (String part : List.of("control", "deparser")) {
                c.aload(0);
                code.packet();
                c.invokevirtual(SELF, part, PACKET);
            }
            c.return_();
        } else {
            parse(code);
        }
    }

    /** Clears all places, and sets those that the packet brings. */
    private void begin(Code code) {
        for (String variable : storage.variables().keySet()) {
            code.constant(variable.endsWith(".$begin") ? -1 : 0);
            code.store(variable);
        }
        if (storage.placeLimbs() > 0) {
            code.wide();
            code.integer(0);
            code.integer(storage.placeLimbs());
            code.call(Wide.class, "clear");
        }
        column(code, "offset", Code.LONGS);
        code.c.laload();
        code.store(Storage.AT);
        code.load(Storage.AT);
        column(code, "captured", Code.describe(int[].class));
        code.c.iaload().i2l().ladd();
        code.store(Storage.END);
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() != null) input(code, variable, variable.role());
        }
    }

    /** Pushes a column of the vector, and which packet it is. */
    private static void column(Code code, String name, ClassDesc type) {
        code.push("packets", PacketVector.class);
        code.c.getfield(Code.describe(PacketVector.class), name, type);
        code.packet();
    }

    private void input(Code code, Pipeline.Variable variable, Pipeline.Role role) {
        if (storage.variable(variable.name()) == null) return;
        switch (role) {
            case PORT -> {
                column(code, "port", Code.describe(int[].class));
                code.c.iaload().i2l();
                code.mask(32);
            }
            case TIME -> {
                column(code, "time", Code.LONGS);
                code.c.laload();
            }
            case LENGTH -> {
                column(code, "length", Code.describe(int[].class));
                code.c.iaload().i2l();
            }
            case RECIRCULATED -> {
                code.push("state", ProgramState.class);
                code.call(ProgramState.class, "recirculated");
            }
            case PROTOCOL -> {
                code.data();
                column(code, "offset", Code.LONGS);
                code.c.laload();
                column(code, "captured", Code.describe(int[].class));
                code.c.iaload();
                code.call(BufferProtocol.class, "of");
                code.c.i2l();
            }
            case PARSER_ERROR, CLASS_OF_SERVICE -> code.constant(0);
        }
        code.mask(variable.width());
        code.store(variable.name());
    }

    private void scouts(CodeBuilder c, Table table) {
        c.aload(0).getfield(SELF, field(names.number(table)), Code.describe(TableRun.class));
        c.areturn();
    }

    /** The packet's way to the table, and no further. */
    private void scout(CodeBuilder c, Table table) {
        Code code = new Code(c, storage, SELF);
        begin(code);
        Label end = code.label();
        Label accept = code.label();
        InstructionCode instructions =
                new InstructionCode(code, names, pieces, null, null, new HashMap<>(), null, table);
        new StateCode(code, names, instructions).labels(accept, end);
        code.bind(accept);
        code.name(Pipeline.EXIT, end);
        instructions.body(pipeline.control());
        code.bind(end);
        c.return_();
    }

    /** The whole program in this method. */
    private void parse(Code code) {
        Label accept = code.label();
        Label rejected = code.label();
        StateCode states = new StateCode(code, names, code(code));
        states.labels(accept, rejected);
        code.bind(rejected);
        states.rejected(accept);
        code.bind(accept);
        control(code);
        deparser(code);
    }

    private void state(CodeBuilder c, Pipeline.State state) {
        Code code = new Code(c, storage, SELF);
        new StateCode(code, names, code(code)).method(state);
    }

    private void control(Code code) {
        Label exit = code.label();
        code.name(Pipeline.EXIT, exit);
        code(code).body(pipeline.control());
        code.forget(Pipeline.EXIT);
        code.bind(exit);
        if (storage.inFields) code.c.return_();
    }

    private void deparser(Code code) {
        deparserCode(code).deparser(pipeline.deparser());
        code.c.return_();
    }

    /** Code of the deparser, and of pieces, which may be the deparser's. */
    private DeparserCode deparserCode(Code code) {
        DeparserCode[] deparser = new DeparserCode[1];
        InstructionCode instructions = new InstructionCode(
                code,
                names,
                pieces,
                null,
                null,
                new HashMap<>(),
                emit -> deparser[0].emit(names.header(emit.header())),
                null);
        deparser[0] = new DeparserCode(instructions, uses);
        return deparser[0];
    }

    private void piece(CodeBuilder c, Pieces.Piece piece) {
        // whoever calls the piece may go on with what it has computed
        storage.keep();
        Code code = new Code(c, storage, SELF);
        DeparserCode deparser = deparserCode(code);
        InstructionCode instructions = deparser.around();
        if (piece.rewritten() != null) deparser.rewriteHere(names.header(piece.rewritten()));
        if (piece.table() != null && piece.action() != null) {
            Pipeline.Action action = names.action(piece.action());
            instructions =
                    instructions.ofAction(piece.table(), piece.action(), instructions.arguments(piece.table(), action));
        }
        instructions.body(piece.body());
        c.iconst_0().ireturn();
    }
}

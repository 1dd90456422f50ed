package dev.weir.server.p4info;

import dev.weir.api.p4.config.v1.P4BitTypeSpec;
import dev.weir.api.p4.config.v1.P4BitstringLikeTypeSpec;
import dev.weir.api.p4.config.v1.P4BoolType;
import dev.weir.api.p4.config.v1.P4DataTypeSpec;
import dev.weir.api.p4.config.v1.P4EnumTypeSpec;
import dev.weir.api.p4.config.v1.P4ErrorType;
import dev.weir.api.p4.config.v1.P4ErrorTypeSpec;
import dev.weir.api.p4.config.v1.P4HeaderStackTypeSpec;
import dev.weir.api.p4.config.v1.P4HeaderTypeSpec;
import dev.weir.api.p4.config.v1.P4HeaderUnionStackTypeSpec;
import dev.weir.api.p4.config.v1.P4HeaderUnionTypeSpec;
import dev.weir.api.p4.config.v1.P4IntTypeSpec;
import dev.weir.api.p4.config.v1.P4NamedType;
import dev.weir.api.p4.config.v1.P4NewTypeSpec;
import dev.weir.api.p4.config.v1.P4NewTypeTranslation;
import dev.weir.api.p4.config.v1.P4SerializableEnumTypeSpec;
import dev.weir.api.p4.config.v1.P4StructTypeSpec;
import dev.weir.api.p4.config.v1.P4TupleTypeSpec;
import dev.weir.api.p4.config.v1.P4TypeInfo;
import dev.weir.api.p4.config.v1.P4VarbitTypeSpec;
import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.syntax.Annotation;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes types, and collects the declarations that the descriptions name. */
final class TypeSpecs {
    private static final String TRANSLATION = "p4runtime_translation";

    private final TypedProgram program;
    private final P4TypeInfo.Builder declared = P4TypeInfo.newBuilder();
    private final Set<Shape> seen = new HashSet<>();
    private final Map<String, Integer> originals = new HashMap<>();

    TypeSpecs(TypedProgram program) {
        this.program = program;
    }

    P4TypeInfo declared() {
        return declared.build();
    }

    /** How many bits the program has for the values of distinct types that are collected, by their names. */
    Map<String, Integer> originals() {
        return originals;
    }

    /** Names the declaration of a distinct type, after it was collected; null for other types, which are collected as well. */
    @Nullable
    P4NamedType collected(Type type) {
        spec(type);
        return type instanceof Type.Distinct distinct ? named(distinct.shape()) : null;
    }

    /** How many bits a controller writes; 0 where it writes a text. */
    int width(Type type) {
        return switch (type) {
            case Type.Bits t -> t.width();
            case Type.Varbit t -> t.width();
            case Type.Distinct t -> {
                P4NewTypeTranslation translation = translation(t.shape());
                if (translation == null) yield width(underlying(t));
                yield translation.hasSdnString() ? 0 : translation.getSdnBitwidth();
            }
            case Type.Enumeration t -> t.representation() == null ? 0 : width(t.representation());
            case Type.Basic b -> b == Type.Basic.BOOL ? 1 : 0;
            default -> 0;
        };
    }

    private static Type underlying(Type.Distinct type) {
        return type.of() instanceof Type.Distinct again ? underlying(again) : type.of();
    }

    private List<Note> notes(Shape shape) {
        return program.typeNotes().getOrDefault(shape, List.of());
    }

    private static P4NamedType named(Shape shape) {
        return P4NamedType.newBuilder().setName(shape.name()).build();
    }

    P4DataTypeSpec spec(Type type) {
        P4DataTypeSpec.Builder spec = P4DataTypeSpec.newBuilder();
        switch (type) {
            case Type.Bits _, Type.Varbit _ -> spec.setBitstring(bits(type));
            case Type.Distinct t -> spec.setNewType(named(distinct(t)));
            case Type.Enumeration t -> enumeration(t, spec);
            case Type.Struct t -> struct(t, spec);
            case Type.Stack t -> stack(t, spec);
            case Type.Tuple t -> spec.setTuple(tuple(t.elements()));
            case Type.ListOf t -> spec.setTuple(tuple(List.of(t.element())));
            case Type.Basic b when b == Type.Basic.BOOL -> spec.setBool(P4BoolType.getDefaultInstance());
            case Type.Basic b
            when b == Type.Basic.ERROR -> {
                spec.setError(P4ErrorType.getDefaultInstance());
                declared.setError(P4ErrorTypeSpec.newBuilder().addAllMembers(program.errors()));
            }
            default -> {}
        }
        return spec.build();
    }

    private P4TupleTypeSpec tuple(List<Type> elements) {
        P4TupleTypeSpec.Builder tuple = P4TupleTypeSpec.newBuilder();
        elements.forEach(element -> tuple.addMembers(spec(element)));
        return tuple.build();
    }

    private static P4BitstringLikeTypeSpec bits(Type type) {
        P4BitstringLikeTypeSpec.Builder bits = P4BitstringLikeTypeSpec.newBuilder();
        switch (type) {
            case Type.Bits t
            when t.signed() -> bits.setInt(P4IntTypeSpec.newBuilder().setBitwidth(t.width()));
            case Type.Bits t -> bits.setBit(P4BitTypeSpec.newBuilder().setBitwidth(t.width()));
            case Type.Varbit t -> bits.setVarbit(P4VarbitTypeSpec.newBuilder().setMaxBitwidth(t.width()));
            case Type.Distinct t -> {
                return bits(t.of());
            }
            case Type.Enumeration t
            when t.representation() != null -> {
                return bits(t.representation());
            }
            default -> bits.setBit(P4BitTypeSpec.newBuilder().setBitwidth(1));
        }
        return bits.build();
    }

    private Shape distinct(Type.Distinct type) {
        if (!seen.add(type.shape())) return type.shape();
        originals.put(type.shape().name(), width(underlying(type)));
        P4NewTypeSpec.Builder spec = P4NewTypeSpec.newBuilder()
                .addAllAnnotations(Annotations.written(notes(type.shape()), TRANSLATION))
                .addAllStructuredAnnotations(Annotations.structured(notes(type.shape())));
        P4NewTypeTranslation translation = translation(type.shape());
        if (translation == null) {
            spec.setOriginalType(spec(underlying(type)));
        } else {
            spec.setTranslatedType(translation);
        }
        declared.putNewTypes(type.shape().name(), spec.build());
        return type.shape();
    }

    /** Of {@code @p4runtime_translation("uri", 32)}, where {@code string} and {@code bit<32>} may stand for the number too. */
    private @Nullable P4NewTypeTranslation translation(Shape shape) {
        Note note = Note.find(notes(shape), TRANSLATION);
        if (note == null || !(note.annotation().body() instanceof Annotation.Body.Tokens t)) return null;
        List<List<Token>> parts = Annotations.split(t.tokens());
        if (parts.size() != 2 || parts.getFirst().isEmpty()) return null;
        P4NewTypeTranslation.Builder made = P4NewTypeTranslation.newBuilder()
                .setUri(Annotations.unquoted(parts.getFirst().getFirst().text()));
        for (Token token : parts.getLast()) {
            if (token.is(TokenKind.STRING_TYPE)) {
                return made.setSdnString(P4NewTypeTranslation.SdnString.getDefaultInstance())
                        .build();
            }
            if (token.text().matches("[0-9]{1,6}")) made.setSdnBitwidth(Integer.parseInt(token.text()));
        }
        return made.build();
    }

    private void enumeration(Type.Enumeration type, P4DataTypeSpec.Builder spec) {
        boolean first = seen.add(type.shape());
        if (type.representation() == null) {
            spec.setEnum(named(type.shape()));
            if (!first) return;
            P4EnumTypeSpec.Builder members = P4EnumTypeSpec.newBuilder();
            type.shape()
                    .names()
                    .forEach(name -> members.addMembers(
                            P4EnumTypeSpec.Member.newBuilder().setName(name)));
            declared.putEnums(type.shape().name(), members.build());
            return;
        }
        spec.setSerializableEnum(named(type.shape()));
        if (!first) return;
        int width = width(type.representation());
        P4SerializableEnumTypeSpec.Builder members = P4SerializableEnumTypeSpec.newBuilder()
                .setUnderlyingType(P4BitTypeSpec.newBuilder().setBitwidth(width));
        for (String name : type.shape().names()) {
            BigInteger number = type.number(name);
            members.addMembers(P4SerializableEnumTypeSpec.Member.newBuilder()
                    .setName(name)
                    .setValue(Numbers.octets(number == null ? BigInteger.ZERO : number, width)));
        }
        declared.putSerializableEnums(type.shape().name(), members.build());
    }

    private void struct(Type.Struct type, P4DataTypeSpec.Builder spec) {
        P4NamedType name = named(type.shape());
        boolean first = seen.add(type.shape());
        switch (type.kind()) {
            case STRUCT -> {
                spec.setStruct(name);
                if (first) structDeclared(type);
            }
            case HEADER -> {
                spec.setHeader(name);
                if (first) headerDeclared(type);
            }
            case UNION -> {
                spec.setHeaderUnion(name);
                if (first) unionDeclared(type);
            }
        }
    }

    private void structDeclared(Type.Struct type) {
        P4StructTypeSpec.Builder members = P4StructTypeSpec.newBuilder();
        type.fields()
                .forEach(field -> members.addMembers(P4StructTypeSpec.Member.newBuilder()
                        .setName(field.name())
                        .setTypeSpec(spec(field.type()))));
        declared.putStructs(type.shape().name(), members.build());
    }

    private void headerDeclared(Type.Struct type) {
        P4HeaderTypeSpec.Builder members = P4HeaderTypeSpec.newBuilder();
        for (Type.Field field : flat(type, "")) {
            members.addMembers(
                    P4HeaderTypeSpec.Member.newBuilder().setName(field.name()).setTypeSpec(bits(field.type())));
        }
        declared.putHeaders(type.shape().name(), members.build());
    }

    private void unionDeclared(Type.Struct type) {
        P4HeaderUnionTypeSpec.Builder members = P4HeaderUnionTypeSpec.newBuilder();
        for (Type.Field field : type.fields()) {
            members.addMembers(P4HeaderUnionTypeSpec.Member.newBuilder()
                    .setName(field.name())
                    .setHeader(spec(field.type()).getHeader()));
        }
        declared.putHeaderUnions(type.shape().name(), members.build());
    }

    /** The fields of a header; those of a struct inside of it each by its own, {@code outer.inner}. */
    static List<Type.Field> flat(Type.Struct type, String prefix) {
        return type.fields().stream()
                .flatMap(field -> field.type() instanceof Type.Struct inner
                        ? flat(inner, prefix + field.name() + ".").stream()
                        : java.util.stream.Stream.of(new Type.Field(prefix + field.name(), field.type())))
                .toList();
    }

    private void stack(Type.Stack type, P4DataTypeSpec.Builder spec) {
        P4DataTypeSpec element = spec(type.element());
        if (element.hasHeader()) {
            spec.setHeaderStack(P4HeaderStackTypeSpec.newBuilder()
                    .setHeader(element.getHeader())
                    .setSize(type.size()));
        } else if (element.hasHeaderUnion()) {
            spec.setHeaderUnionStack(P4HeaderUnionStackTypeSpec.newBuilder()
                    .setHeaderUnion(element.getHeaderUnion())
                    .setSize(type.size()));
        }
    }
}

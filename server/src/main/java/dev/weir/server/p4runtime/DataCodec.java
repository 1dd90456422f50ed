package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import dev.weir.api.p4.config.v1.P4BitstringLikeTypeSpec;
import dev.weir.api.p4.config.v1.P4DataTypeSpec;
import dev.weir.api.p4.config.v1.P4HeaderTypeSpec;
import dev.weir.api.p4.config.v1.P4StructTypeSpec;
import dev.weir.api.p4.config.v1.P4TypeInfo;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.P4Header;
import dev.weir.api.p4.v1.P4StructLike;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Values of types as P4Runtime has them, and as the numbers that they are made of, in the order of the fields: bits of structs, headers and tuples, one after the
 * other. Any thread.
 */
final class DataCodec {
    private final P4TypeInfo types;
    private final Translations translations;

    DataCodec(P4TypeInfo types, Translations translations) {
        this.types = types;
        this.translations = translations;
    }

    /** @param numbers as many as the type has; not negative */
    P4Data data(P4DataTypeSpec type, List<BigInteger> numbers) {
        return data(type, new ArrayDeque<>(numbers));
    }

    /** Of a type whose parts stand one after the other in one number, the first in the highest bits. */
    P4Data data(P4DataTypeSpec type, BigInteger number, int bits) {
        Deque<BigInteger> parts = new ArrayDeque<>();
        split(type, number, bits, parts);
        return data(type, parts);
    }

    private void split(P4DataTypeSpec type, BigInteger number, int bits, Deque<BigInteger> parts) {
        int[] left = {bits};
        leaves(type, width -> {
            left[0] -= width;
            parts.add(number.shiftRight(Math.max(0, left[0])).and(Octets.mask(width)));
        });
    }

    private void leaves(P4DataTypeSpec type, java.util.function.IntConsumer leaf) {
        switch (type.getTypeSpecCase()) {
            case TUPLE -> type.getTuple().getMembersList().forEach(member -> leaves(member, leaf));
            case STRUCT -> struct(type).getMembersList().forEach(member -> leaves(member.getTypeSpec(), leaf));
            case HEADER -> header(type).getMembersList().forEach(member -> leaf.accept(width(member.getTypeSpec())));
            default -> leaf.accept(width(type));
        }
    }

    private P4StructTypeSpec struct(P4DataTypeSpec type) {
        return types.getStructsOrDefault(type.getStruct().getName(), P4StructTypeSpec.getDefaultInstance());
    }

    private P4HeaderTypeSpec header(P4DataTypeSpec type) {
        return types.getHeadersOrDefault(type.getHeader().getName(), P4HeaderTypeSpec.getDefaultInstance());
    }

    private P4Data data(P4DataTypeSpec type, Deque<BigInteger> numbers) {
        P4Data.Builder data = P4Data.newBuilder();
        switch (type.getTypeSpecCase()) {
            case BOOL -> data.setBool(next(numbers).signum() != 0);
            case TUPLE -> {
                P4StructLike.Builder members = P4StructLike.newBuilder();
                type.getTuple().getMembersList().forEach(member -> members.addMembers(data(member, numbers)));
                data.setTuple(members);
            }
            case STRUCT -> {
                P4StructLike.Builder members = P4StructLike.newBuilder();
                struct(type).getMembersList().forEach(each -> members.addMembers(data(each.getTypeSpec(), numbers)));
                data.setStruct(members);
            }
            case HEADER -> {
                P4Header.Builder made = P4Header.newBuilder().setIsValid(true);
                for (P4HeaderTypeSpec.Member member : header(type).getMembersList()) {
                    made.addBitstrings(octets(member.getTypeSpec(), next(numbers)));
                }
                data.setHeader(made);
            }
            case ENUM -> data.setEnum(member(type, next(numbers).intValue()));
            case ERROR -> data.setError(error(next(numbers).intValue()));
            case SERIALIZABLE_ENUM -> data.setEnumValue(Octets.of(next(numbers)));
            case BITSTRING -> data.setBitstring(octets(type.getBitstring(), next(numbers)));
            case NEW_TYPE -> {
                String name = type.getNewType().getName();
                data.setBitstring(translations.codec(name).octets(next(numbers)));
            }
            default -> data.setBitstring(Octets.of(next(numbers)));
        }
        return data.build();
    }

    private static BigInteger next(Deque<BigInteger> numbers) {
        BigInteger number = numbers.poll();
        return number == null ? BigInteger.ZERO : number;
    }

    private static ByteString octets(P4BitstringLikeTypeSpec type, BigInteger number) {
        return type.hasInt() ? Octets.ofSigned(number, type.getInt().getBitwidth()) : Octets.of(number);
    }

    private String member(P4DataTypeSpec type, int number) {
        var members = types.getEnumsMap().get(type.getEnum().getName());
        return members == null || number >= members.getMembersCount()
                ? String.valueOf(number)
                : members.getMembers(number).getName();
    }

    private String error(int number) {
        return number < types.getError().getMembersCount() ? types.getError().getMembers(number) : "NoError";
    }

    private int width(P4DataTypeSpec type) {
        return switch (type.getTypeSpecCase()) {
            case BOOL -> 1;
            case BITSTRING -> width(type.getBitstring());
            case SERIALIZABLE_ENUM -> {
                var spec = types.getSerializableEnumsMap()
                        .get(type.getSerializableEnum().getName());
                yield spec == null ? 0 : spec.getUnderlyingType().getBitwidth();
            }
            case NEW_TYPE -> {
                var spec = types.getNewTypesMap().get(type.getNewType().getName());
                yield spec == null
                        ? 0
                        : spec.hasOriginalType()
                                ? width(spec.getOriginalType())
                                : translations.width(
                                        type.getNewType().getName(),
                                        spec.getTranslatedType().getSdnBitwidth());
            }
            default -> Integer.SIZE;
        };
    }

    private static int width(P4BitstringLikeTypeSpec type) {
        return switch (type.getTypeSpecCase()) {
            case BIT -> type.getBit().getBitwidth();
            case INT -> type.getInt().getBitwidth();
            case VARBIT -> type.getVarbit().getMaxBitwidth();
            case TYPESPEC_NOT_SET -> 0;
        };
    }

    /** The number that a value is; those of its parts one after the other. */
    BigInteger number(P4DataTypeSpec type, P4Data data, String what) throws EntityFault {
        BigInteger[] number = {BigInteger.ZERO};
        append(type, data, what, number);
        return number[0];
    }

    private void append(P4DataTypeSpec type, P4Data data, String what, BigInteger[] number) throws EntityFault {
        switch (type.getTypeSpecCase()) {
            case STRUCT -> {
                List<P4StructTypeSpec.Member> members = struct(type).getMembersList();
                fits(data.hasStruct() && data.getStruct().getMembersCount() == members.size(), what, "struct");
                for (int i = 0; i < members.size(); i++) {
                    String name = what + "." + members.get(i).getName();
                    append(members.get(i).getTypeSpec(), data.getStruct().getMembers(i), name, number);
                }
            }
            case TUPLE -> {
                List<P4DataTypeSpec> members = type.getTuple().getMembersList();
                fits(data.hasTuple() && data.getTuple().getMembersCount() == members.size(), what, "tuple");
                for (int i = 0; i < members.size(); i++) {
                    append(members.get(i), data.getTuple().getMembers(i), what + "[" + i + "]", number);
                }
            }
            case BOOL -> {
                fits(data.hasBool(), what, "bool");
                put(data.getBool() ? BigInteger.ONE : BigInteger.ZERO, 1, number);
            }
            case SERIALIZABLE_ENUM -> {
                fits(data.hasEnumValue(), what, "enum_value");
                put(Octets.number(data.getEnumValue(), width(type), what), width(type), number);
            }
            case NEW_TYPE -> {
                fits(data.hasBitstring(), what, "bitstring");
                ValueCodec codec = translations.codec(type.getNewType().getName());
                put(codec.number(data.getBitstring(), width(type), what), width(type), number);
            }
            default -> {
                fits(data.hasBitstring(), what, "bitstring");
                boolean signed = type.hasBitstring() && type.getBitstring().hasInt();
                int bits = width(type);
                ByteString octets = data.getBitstring();
                put(signed ? Octets.signed(octets, bits, what) : Octets.number(octets, bits, what), bits, number);
            }
        }
    }

    private static void put(BigInteger part, int bits, BigInteger[] number) {
        number[0] = number[0].shiftLeft(bits).or(part);
    }

    private static void fits(boolean fits, String what, String kind) throws EntityFault {
        if (!fits) throw EntityFault.invalid(what + ": is a " + kind + ", as its P4Info says; give one");
    }
}

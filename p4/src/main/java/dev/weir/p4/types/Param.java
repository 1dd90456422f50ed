package dev.weir.p4.types;

/**
 * A parameter as those see it who call.
 *
 * @param optional whether an argument may be left away: it has a value of its own, or is annotated {@code @optional}
 */
public record Param(String name, Direction direction, Type type, boolean optional) {
    public enum Direction {
        /** Known when the program is compiled, but for actions, where the control plane gives it. */
        NONE,
        IN,
        OUT,
        INOUT;

        /** Whether what is passed may be other afterwards. */
        public boolean writes() {
            return this == OUT || this == INOUT;
        }

        @Override
        public String toString() {
            return switch (this) {
                case NONE -> "";
                case IN -> "in";
                case OUT -> "out";
                case INOUT -> "inout";
            };
        }
    }

    public Param with(Type other) {
        return new Param(name, direction, other, optional);
    }

    @Override
    public String toString() {
        return direction == Direction.NONE ? type + " " + name : direction + " " + type + " " + name;
    }
}

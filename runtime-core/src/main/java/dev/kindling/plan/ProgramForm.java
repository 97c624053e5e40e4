package dev.kindling.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.serde.ClosureCodec;
import dev.kindling.serde.FixedFunction;
import dev.kindling.serde.FixedFunctions;
import dev.kindling.serde.Stateless;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.StreamCorruptedException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link StageBody} as the bytes that travel: its own parts as numbers and texts, each {@link FixedFunction} as the
 * bytes that it always has, and all else in one stream of Java serialization, so that what two functions share stays
 * shared. A program whose functions carry nothing along needs no such stream on either side. Any thread.
 */
public final class ProgramForm {
    private static final byte NULL = 0;
    private static final byte TEXT = 1;
    private static final byte FIXED = 2;
    private static final byte CARRYING = 3;

    private ProgramForm() {}

    /** @param isShareable whether no task could change anything in it that another task would notice */
    public record Decoded(StageBody body, boolean isShareable) {}

    public static byte[] encode(StageBody body) {
        ByteArrayOutputStream main = new ByteArrayOutputStream(1024);
        Output out = new Output(main);
        try {
            FlatBody.write(body, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] carrying = out.carrying.isEmpty() ? new byte[0] : ClosureCodec.encode(out.carrying.toArray());
        ByteArrayOutputStream program = new ByteArrayOutputStream(Integer.BYTES + carrying.length + main.size());
        DataOutputStream parts = new DataOutputStream(program);
        try {
            parts.writeInt(carrying.length);
            parts.write(carrying);
            main.writeTo(parts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return program.toByteArray();
    }

    /**
     * Runs code of the user's classes.
     *
     * @param userClasses the application's loader, asked for every class
     * @param functions those read before through the same loader
     */
    public static Decoded decode(byte[] program, ClassLoader userClasses, FixedFunctions functions) {
        try (Input in = new Input(program, userClasses, functions)) {
            Object[] carrying = in.readCarrying();
            StageBody body = FlatBody.read(in);
            return new Decoded(body, carrying.length == 0 || Stateless.isAll(body));
        } catch (KindlingException e) {
            throw e;
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "a program of " + program.length + " bytes cannot be read: " + e, e);
        }
    }

    private static final class Output extends DataOutputStream implements ObjectOutput {
        private final List<Object> carrying = new ArrayList<>();

        Output(ByteArrayOutputStream to) {
            super(to);
        }

        @Override
        public void writeObject(Object value) throws IOException {
            if (value == null) {
                writeByte(NULL);
                return;
            }
            if (value instanceof String text) {
                writeByte(TEXT);
                writeBytes(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
            Optional<FixedFunction> fixed = FixedFunction.of(value);
            if (fixed.isPresent()) {
                writeByte(FIXED);
                writeInt(fixed.get().checksum());
                writeBytes(fixed.get().bytes());
            } else {
                writeByte(CARRYING);
                writeInt(carrying.size());
                carrying.add(value);
            }
        }

        private void writeBytes(byte[] bytes) throws IOException {
            writeInt(bytes.length);
            write(bytes);
        }
    }

    private static final class Input extends DataInputStream implements ObjectInput {
        private final ClassLoader userClasses;
        private final FixedFunctions functions;
        private Object[] carrying = new Object[0];

        Input(byte[] program, ClassLoader userClasses, FixedFunctions functions) {
            super(new ByteArrayInputStream(program));
            this.userClasses = userClasses;
            this.functions = functions;
        }

        Object[] readCarrying() throws IOException {
            byte[] bytes = readBytes();
            if (bytes.length > 0) {
                carrying = (Object[]) ClosureCodec.decode(bytes, userClasses);
            }
            return carrying;
        }

        @Override
        public Object readObject() throws IOException {
            byte kind = readByte();
            return switch (kind) {
                case NULL -> null;
                case TEXT -> new String(readBytes(), StandardCharsets.UTF_8);
                case FIXED -> functions.read(new FixedFunction(readInt(), readBytes()), userClasses);
                case CARRYING -> carrying[readInt()];
                default -> throw new StreamCorruptedException("a program has no value of kind " + kind);
            };
        }

        /** Promised lengths are compared with what came before anything is allocated. */
        private byte[] readBytes() throws IOException {
            int length = readInt();
            if (length < 0 || length > available()) {
                throw new StreamCorruptedException(
                        "a part of a program has " + length + " bytes, " + available() + " are left");
            }
            byte[] bytes = new byte[length];
            readFully(bytes);
            return bytes;
        }
    }
}

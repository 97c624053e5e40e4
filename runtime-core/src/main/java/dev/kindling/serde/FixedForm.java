package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * Bytes of functions that carry nothing along: the names in a lambda's {@link SerializedLambda}, or of a constant of our
 * enums. What Java's own stream would do with it, but without that stream: it is most of what a first small job needs
 * of the JDK that nothing else does, down to a provider of digests. Any thread.
 */
final class FixedForm {
    private static final byte LAMBDA = 1;
    private static final byte CONSTANT = 2;

    private static final String OURS = "dev.kindling.";

    private FixedForm() {}

    static boolean isOurs(Enum<?> constant) {
        return constant.getDeclaringClass().getName().startsWith(OURS);
    }

    static byte[] of(Enum<?> constant) {
        return written(out -> {
            out.writeByte(CONSTANT);
            out.writeUTF(constant.getDeclaringClass().getName());
            out.writeInt(constant.ordinal());
        });
    }

    /** Empty when it captures something, or does not travel. */
    static Optional<byte[]> ofLambda(Object function) {
        return CaptureWalk.lambdaForm(function)
                .filter(lambda -> lambda.getCapturedArgCount() == 0)
                .map(lambda -> written(out -> write(lambda, out)));
    }

    private static void write(SerializedLambda lambda, DataOutputStream out) throws IOException {
        out.writeByte(LAMBDA);
        out.writeUTF(lambda.getCapturingClass().replace('/', '.'));
        out.writeUTF(lambda.getFunctionalInterfaceClass());
        out.writeUTF(lambda.getFunctionalInterfaceMethodName());
        out.writeUTF(lambda.getFunctionalInterfaceMethodSignature());
        out.writeInt(lambda.getImplMethodKind());
        out.writeUTF(lambda.getImplClass());
        out.writeUTF(lambda.getImplMethodName());
        out.writeUTF(lambda.getImplMethodSignature());
        out.writeUTF(lambda.getInstantiatedMethodType());
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Object read(byte[] bytes, ClassLoader userClasses) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            return in.readByte() == LAMBDA ? readLambda(in, userClasses) : readConstant(in);
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            throw ClosureCodec.unknownClass(e);
        } catch (IOException | ReflectiveOperationException | RuntimeException e) {
            if (e instanceof KindlingException refusal) {
                throw refusal;
            }
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA,
                    "a function of " + bytes.length + " bytes cannot be read, or is of another version here than at"
                            + " the driver: " + e,
                    e);
        }
    }

    private static Object readLambda(DataInputStream in, ClassLoader userClasses)
            throws IOException, ReflectiveOperationException {
        Class<?> capturing = Class.forName(in.readUTF(), false, userClasses);
        if (!AllowedClasses.isAllowed(capturing)) {
            throw AllowedClasses.refusal(capturing.getName());
        }
        SerializedLambda lambda = new SerializedLambda(
                capturing,
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                in.readInt(),
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                new Object[0]);
        // The compiler puts it into each class with lambdas that travel; Java's own reader calls nothing else.
        Method make = capturing.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
        make.setAccessible(true);
        return make.invoke(null, lambda);
    }

    private static Object readConstant(DataInputStream in) throws IOException, ClassNotFoundException {
        String name = in.readUTF();
        if (!name.startsWith(OURS)) {
            throw AllowedClasses.refusal(name);
        }
        Class<?> type = Class.forName(name, false, FixedForm.class.getClassLoader());
        if (!type.isEnum()) {
            throw AllowedClasses.refusal(name);
        }
        return type.getEnumConstants()[in.readInt()];
    }
}

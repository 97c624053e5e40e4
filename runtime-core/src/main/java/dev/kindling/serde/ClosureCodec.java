package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serial;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * User functions, and the programs they sit in, as bytes: Java serialization, because it is what makes a lambda travel.
 * Nothing is opened in the JDK for it. Reading goes through the application's class loader and past a filter that
 * knows {@link AllowedClasses} alone. Any thread.
 */
public final class ClosureCodec {
    /** Deeper than a chain of 2,000 sets with its functions; beyond it the reader's stack would end. */
    private static final int MAX_DEPTH = 20_000;

    private ClosureCodec() {}

    public static byte[] encode(Object closure) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        write(closure, bytes);
        return bytes.toByteArray();
    }

    /** The same, empty where it would have more bytes; then no more than these are made. */
    public static Optional<byte[]> encode(Object value, long maxBytes) {
        BoundedBytes bytes = new BoundedBytes(maxBytes);
        try {
            write(value, bytes);
            return Optional.of(bytes.toByteArray());
        } catch (BoundedBytes.Full e) {
            return Optional.empty();
        }
    }

    private static void write(Object closure, ByteArrayOutputStream bytes) {
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(closure);
        } catch (NotSerializableException e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    "a function of the job holds a " + e.getMessage()
                            + ", which is not serializable; it was not there when the transformation was called",
                    e);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE, "a function of the job cannot be written: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "the chain of sets of this stage is too long to be sent to executors; shuffle in between, or put"
                            + " several functions into one",
                    e);
        }
    }

    private static final class BoundedBytes extends ByteArrayOutputStream {
        private final long maxBytes;

        /** One more byte than there may be. */
        static final class Full extends RuntimeException {
            @Serial
            private static final long serialVersionUID = 1L;
        }

        BoundedBytes(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public void write(int oneByte) {
            check(1);
            super.write(oneByte);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            check(length);
            super.write(from, offset, length);
        }

        private void check(int more) {
            if (count + (long) more > maxBytes) {
                throw new Full();
            }
        }
    }

    /** @param userClasses the application's loader, asked for every class */
    public static Object decode(byte[] bytes, ClassLoader userClasses) {
        AllowedClasses.StreamFilter filter = new AllowedClasses.StreamFilter(bytes.length, MAX_DEPTH);
        try (ObjectInputStream in = new LoadingStream(bytes, userClasses, filter)) {
            return in.readObject();
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            throw unknownClass(e);
        } catch (InvalidClassException e) {
            throw filter.refusal()
                    .orElseGet(() -> new KindlingException(
                            ErrorCode.CORRUPT_DATA,
                            "a function of the job is of another version here than at the driver: " + e.getMessage(),
                            e));
        } catch (IOException | RuntimeException e) {
            // The platform's reader throws anything at all for bytes that were damaged.
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "a function of " + bytes.length + " bytes cannot be read: " + e, e);
        }
    }

    static KindlingException unknownClass(Throwable cause) {
        return new KindlingException(
                ErrorCode.USER_CODE_FAILED,
                "class " + cause.getMessage() + ", which a function of the job needs, is not known here; give its jar"
                        + " with --jars",
                cause);
    }

    /** Resolves classes through the application's loader, whose parent knows ours. */
    private static final class LoadingStream extends ObjectInputStream {
        private final ClassLoader userClasses;

        LoadingStream(byte[] bytes, ClassLoader userClasses, ObjectInputFilter filter) throws IOException {
            super(new ByteArrayInputStream(bytes));
            this.userClasses = userClasses;
            setObjectInputFilter(filter);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            String name = description.getName();
            // A primitive type's own class object, such as int.class, is no class to a loader.
            return name.length() <= 7 && name.indexOf('.') < 0 && Character.isLowerCase(name.charAt(0))
                    ? super.resolveClass(description)
                    : Class.forName(name, false, userClasses);
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
            Class<?>[] types = new Class<?>[interfaces.length];
            for (int i = 0; i < interfaces.length; i++) {
                types[i] = Class.forName(interfaces[i], false, userClasses);
            }
            return Proxy.newProxyInstance(userClasses, types, (proxy, method, arguments) -> null)
                    .getClass();
        }
    }
}

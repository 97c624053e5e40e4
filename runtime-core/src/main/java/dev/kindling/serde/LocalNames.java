package dev.kindling.serde;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.Optional;

/**
 * The names of the local variables a lambda captured, as the compiler's debug information has them: captured values
 * are the first parameters of the lambda's method. Read from the class file, since reflection does not tell. Only
 * called to explain a failure.
 */
final class LocalNames {
    private LocalNames() {}

    /** The name of captured value {@code index} (not counting {@code this}); empty when compiled without {@code -g}. */
    static Optional<String> ofParameter(SerializedLambda lambda, int index) {
        if (CaptureWalk.isMethodReference(lambda)) {
            return Optional.empty();
        }
        int slot = lambda.getImplMethodKind() == MethodHandleInfo.REF_invokeStatic ? 0 : 1;
        String descriptor = lambda.getImplMethodSignature();
        int at = 1;
        for (int parameter = 0; parameter < index && descriptor.charAt(at) != ')'; parameter++) {
            boolean isWide = descriptor.charAt(at) == 'J' || descriptor.charAt(at) == 'D';
            slot += isWide ? 2 : 1;
            while (descriptor.charAt(at) == '[') {
                at++;
            }
            at = descriptor.charAt(at) == 'L' ? descriptor.indexOf(';', at) + 1 : at + 1;
        }
        try (InputStream file = open(lambda.getImplClass())) {
            return file == null
                    ? Optional.empty()
                    : read(new DataInputStream(file), lambda.getImplMethodName(), descriptor, slot);
        } catch (IOException | RuntimeException e) {
            // A class made by a tool, or from nowhere: the message does without the name.
            return Optional.empty();
        }
    }

    private static InputStream open(String internalName) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        String resource = internalName + ".class";
        InputStream file = loader == null ? null : loader.getResourceAsStream(resource);
        return file == null ? ClassLoader.getSystemResourceAsStream(resource) : file;
    }

    private static Optional<String> read(DataInputStream in, String method, String descriptor, int slot)
            throws IOException {
        in.skipNBytes(8);
        String[] utf8 = constants(in);
        in.skipNBytes(6);
        in.skipNBytes(2L * in.readUnsignedShort());
        for (int fields = in.readUnsignedShort(); fields > 0; fields--) {
            in.skipNBytes(6);
            skipAttributes(in);
        }
        for (int methods = in.readUnsignedShort(); methods > 0; methods--) {
            in.skipNBytes(2);
            boolean isWanted =
                    method.equals(utf8[in.readUnsignedShort()]) & descriptor.equals(utf8[in.readUnsignedShort()]);
            if (!isWanted) {
                skipAttributes(in);
                continue;
            }
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                String name = utf8[in.readUnsignedShort()];
                int length = in.readInt();
                if (!"Code".equals(name)) {
                    in.skipNBytes(length);
                    continue;
                }
                in.skipNBytes(4);
                in.skipNBytes(in.readInt());
                in.skipNBytes(8L * in.readUnsignedShort());
                return localInSlot(in, utf8, slot);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> localInSlot(DataInputStream in, String[] utf8, int slot) throws IOException {
        for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
            String name = utf8[in.readUnsignedShort()];
            int length = in.readInt();
            if (!"LocalVariableTable".equals(name)) {
                in.skipNBytes(length);
                continue;
            }
            for (int locals = in.readUnsignedShort(); locals > 0; locals--) {
                int startPc = in.readUnsignedShort();
                in.skipNBytes(2);
                String local = utf8[in.readUnsignedShort()];
                in.skipNBytes(2);
                if (in.readUnsignedShort() == slot && startPc == 0) {
                    return Optional.of(local);
                }
            }
        }
        return Optional.empty();
    }

    private static String[] constants(DataInputStream in) throws IOException {
        String[] utf8 = new String[in.readUnsignedShort()];
        for (int i = 1; i < utf8.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> utf8[i] = in.readUTF();
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++;
                }
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("constant of unknown kind " + tag);
            }
        }
        return utf8;
    }

    private static void skipAttributes(DataInputStream in) throws IOException {
        for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
            in.skipNBytes(2);
            in.skipNBytes(in.readInt());
        }
    }
}

package dev.kindling.rpc;

import dev.kindling.protocol.FrameCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * How two processes prove to each other that they know the secret, before either believes a byte of the other. The
 * secret itself never travels, and what does travel proves nothing a second time.
 *
 * <pre>
 * asker    "KNDL" version build plane nonceA                            47 bytes
 * holder   "KNDL" version build nonceB HMAC(secret, "holder" context)   78 bytes
 * asker    HMAC(secret, "asker" context)                                32 bytes
 *
 * context = version plane port nonceA nonceB
 * </pre>
 *
 * The holder (who listens) proves itself first, so that nobody proves anything to an impostor on a port that was bound
 * again. The port the asker dialled is part of both proofs: proofs made for one listener are of no use at another.
 * The two words keep a proof from being sent back as one's own. A holder of another version
 * or {@link Build} answers with its own only. Nonces are 256 random bits.
 */
final class Handshake {
    enum Plane {
        CONTROL,
        DATA
    }

    static final int HELLO_BYTES = 47;
    static final int ANSWER_BYTES = 78;
    /** The version and the build, behind the magic. */
    static final int VERSION_BYTES = 14;

    static final int PROOF_BYTES = 32;
    private static final int NONCE_BYTES = 32;
    private static final byte[] MAGIC = "KNDL".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Handshake() {}

    static byte[] newNonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return nonce;
    }

    static byte[] hello(Plane plane, byte[] nonce) {
        return start(HELLO_BYTES).put((byte) plane.ordinal()).put(nonce).array();
    }

    static byte[] answer(byte[] nonce, byte[] proof) {
        return start(ANSWER_BYTES).put(nonce).put(proof).array();
    }

    static byte[] versionOnly() {
        return start(VERSION_BYTES).array();
    }

    private static ByteBuffer start(int byteCount) {
        return ByteBuffer.allocate(byteCount)
                .put(MAGIC)
                .putShort((short) FrameCodec.VERSION)
                .putLong(Build.NUMBER);
    }

    static boolean isOurs(byte[] message) {
        return Arrays.equals(message, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static int versionIn(byte[] message) {
        return ByteBuffer.wrap(message).getShort(MAGIC.length) & 0xFFFF;
    }

    static long buildIn(byte[] message) {
        return ByteBuffer.wrap(message).getLong(MAGIC.length + Short.BYTES);
    }

    /** What is wrong with the version or the build that a peer says it is of; null when nothing is. */
    static String differenceOf(byte[] message) {
        if (versionIn(message) != FrameCodec.VERSION) {
            return "version " + versionIn(message) + " of the protocol, this process version " + FrameCodec.VERSION;
        }
        long build = buildIn(message);
        return Build.mayBeOurs(build)
                ? null
                : "version " + FrameCodec.VERSION + " of the protocol in build " + Build.words(build)
                        + ", this process in build " + Build.words(Build.NUMBER);
    }

    /** The plane a hello asks for; null when there is no such plane. */
    static Plane planeIn(byte[] hello) {
        int plane = hello[VERSION_BYTES];
        return plane >= 0 && plane < Plane.values().length ? Plane.values()[plane] : null;
    }

    static byte[] nonceInHello(byte[] hello) {
        return Arrays.copyOfRange(hello, VERSION_BYTES + 1, HELLO_BYTES);
    }

    static byte[] nonceInAnswer(byte[] answer) {
        return Arrays.copyOfRange(answer, VERSION_BYTES, VERSION_BYTES + NONCE_BYTES);
    }

    static byte[] proofInAnswer(byte[] answer) {
        return Arrays.copyOfRange(answer, VERSION_BYTES + NONCE_BYTES, ANSWER_BYTES);
    }

    /** What both proofs are about, so that none fits another connection. */
    static byte[] context(Plane plane, int port, byte[] askerNonce, byte[] holderNonce) {
        return ByteBuffer.allocate(5 + 2 * NONCE_BYTES)
                .putShort((short) FrameCodec.VERSION)
                .put((byte) plane.ordinal())
                .putShort((short) port)
                .put(askerNonce)
                .put(holderNonce)
                .array();
    }

    static byte[] holderProof(SharedKey secret, byte[] context) {
        return secret.proofOf("holder".getBytes(StandardCharsets.US_ASCII), context);
    }

    static byte[] askerProof(SharedKey secret, byte[] context) {
        return secret.proofOf("asker".getBytes(StandardCharsets.US_ASCII), context);
    }

    /** In a time that does not depend on where they differ. */
    static boolean isSame(byte[] proof, byte[] expected) {
        return MessageDigest.isEqual(proof, expected);
    }
}

package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;

/**
 * A new P-256 key and a certificate of it, signed by itself (RFC 5280). The Java platform makes keys and signatures but
 * puts none into a certificate; the libraries that do weigh eight megabytes in every program that embeds us, for these
 * 300 bytes. Nobody looks for anything in them: both ends compare the certificate as a whole. For the same reason it
 * has no end, so that clocks that differ keep nobody out; it is forgotten with its application.
 */
record SelfSigned(X509Certificate certificate, PrivateKey key) {
    // Tags of DER, and bodies that are always the same.
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int VERSION = 0xA0;
    private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("2a8648ce3d040302");
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");
    private static final byte[] VERSION_3 = {2};

    /** What RFC 5280 has for a certificate without an end. */
    private static final String NO_END = "99991231235959Z";

    static SelfSigned make() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
            byte[] statement = statement(algorithm, keys.getPublic().getEncoded());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(statement);
            byte[] certificate = der(SEQUENCE, statement, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
            return new SelfSigned(
                    (X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(certificate)),
                    keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "this Java cannot make a certificate with a P-256 key: " + e.getMessage(), e);
        }
    }

    /** What is signed. */
    private static byte[] statement(byte[] algorithm, byte[] publicKey) {
        byte[] name = der(
                SEQUENCE,
                der(
                        SET,
                        der(
                                SEQUENCE,
                                der(OBJECT_IDENTIFIER, COMMON_NAME),
                                der(UTF8_STRING, ascii("kindling application")))));
        byte[] serial =
                new BigInteger(127, new SecureRandom()).add(BigInteger.ONE).toByteArray();
        byte[] validity =
                der(SEQUENCE, der(GENERALIZED_TIME, ascii("20000101000000Z")), der(GENERALIZED_TIME, ascii(NO_END)));
        return der(
                SEQUENCE,
                der(VERSION, der(INTEGER, VERSION_3)),
                der(INTEGER, serial),
                algorithm,
                name,
                validity,
                name,
                publicKey);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Tag, length, and the parts of the body behind each other. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 + length).put((byte) tag);
        if (length < 0x80) {
            bytes.put((byte) length);
        } else if (length < 0x100) {
            bytes.put((byte) 0x81).put((byte) length);
        } else {
            bytes.put((byte) 0x82).putShort((short) length);
        }
        for (byte[] part : parts) {
            bytes.put(part);
        }
        byte[] whole = new byte[bytes.position()];
        bytes.flip().get(whole);
        return whole;
    }
}

package dev.kindling.rpc;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * What makes a process one of an application: a secret, and where connections leave a machine a certificate with its key
 * that both ends of every connection show and require. Made by the driver, for one application; there is no authority
 * and no file. It travels through a pipe, or in the credentials that a cluster hands to a container; never in an
 * argument, a variable, a setting or a message. Whoever has it is the application. Immutable.
 */
public final class ApplicationCredentials {
    /** Those of ours have some 300 bytes each. */
    private static final int MAX_PART_BYTES = 16 << 10;

    private final SharedKey secret;

    /** Both null where all connections stay within one machine. */
    private final X509Certificate certificate;

    private final PrivateKey key;

    private ApplicationCredentials(SharedKey secret, X509Certificate certificate, PrivateKey key) {
        this.secret = secret;
        this.certificate = certificate;
        this.key = key;
    }

    /** New ones for connections within one machine, which are authenticated but not encrypted. */
    public static ApplicationCredentials withoutCertificate() {
        return new ApplicationCredentials(SharedKey.random(), null, null);
    }

    /** New ones with which every connection is encrypted. */
    public static ApplicationCredentials withCertificate() {
        SelfSigned made = SelfSigned.make();
        return new ApplicationCredentials(SharedKey.random(), made.certificate(), made.key());
    }

    /** Whether all connections are encrypted. */
    public boolean hasCertificate() {
        return certificate != null;
    }

    SharedKey secret() {
        return secret;
    }

    X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    /** Writes it for {@link #read} of the same build. */
    public void writeTo(OutputStream target) throws IOException {
        DataOutputStream out = new DataOutputStream(target);
        secret.writeTo(out);
        out.writeBoolean(hasCertificate());
        if (hasCertificate()) {
            try {
                writePart(out, certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IOException("the application's certificate cannot be written", e);
            }
            writePart(out, key.getEncoded());
        }
        out.flush();
    }

    /** Reads what {@link #writeTo} wrote, and nothing that follows. */
    public static ApplicationCredentials read(InputStream source) throws IOException {
        DataInputStream in = new DataInputStream(source);
        SharedKey secret = SharedKey.read(in);
        if (!in.readBoolean()) {
            return new ApplicationCredentials(secret, null, null);
        }
        byte[] certificate = readPart(in);
        byte[] key = readPart(in);
        try {
            return new ApplicationCredentials(
                    secret,
                    (X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(certificate)),
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
        } catch (GeneralSecurityException e) {
            // The cause is left out: its message may quote what was read.
            throw new IOException("the application's credentials are malformed");
        }
    }

    private static void writePart(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    private static byte[] readPart(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_PART_BYTES) {
            throw new IOException("the application's credentials are malformed");
        }
        byte[] part = new byte[length];
        in.readFully(part);
        return part;
    }

    /** Nothing of what it holds. */
    @Override
    public String toString() {
        return "ApplicationCredentials(hidden)";
    }
}

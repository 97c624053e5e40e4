package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Date;
import org.junit.jupiter.api.Test;

class ApplicationCredentialsTest {
    private static byte[] written(ApplicationCredentials credentials) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        credentials.writeTo(out);
        return out.toByteArray();
    }

    @Test
    void theCertificateIsSignedByItsOwnP256KeyAndHasNoEnd() throws Exception {
        X509Certificate certificate = ApplicationCredentials.withCertificate().certificate();

        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(new Date(Long.MAX_VALUE / 100_000));
        assertEquals(
                256,
                ((ECPublicKey) certificate.getPublicKey())
                        .getParams()
                        .getOrder()
                        .bitLength());
        assertEquals(
                "CN=kindling application", certificate.getSubjectX500Principal().getName());
        assertEquals(certificate.getSubjectX500Principal(), certificate.getIssuerX500Principal());
        assertEquals(3, certificate.getVersion());
        assertTrue(certificate.getSerialNumber().signum() > 0);
        assertTrue(certificate.getEncoded().length < 400, certificate.getEncoded().length + " bytes");
    }

    @Test
    void noTwoApplicationsShareAKey() {
        assertFalse(ApplicationCredentials.withCertificate()
                .certificate()
                .getPublicKey()
                .equals(ApplicationCredentials.withCertificate().certificate().getPublicKey()));
    }

    @Test
    void whatIsReadBackSignsForTheSameCertificateAndWhatFollowsIsLeft() throws Exception {
        ApplicationCredentials made = ApplicationCredentials.withCertificate();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        made.writeTo(out);
        out.write("next".getBytes(StandardCharsets.US_ASCII));
        InputStream in = new ByteArrayInputStream(out.toByteArray());

        ApplicationCredentials arrived = ApplicationCredentials.read(in);

        assertEquals("next", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        assertArrayEquals(made.secret().proofOf(new byte[1]), arrived.secret().proofOf(new byte[1]));
        assertEquals(made.certificate(), arrived.certificate());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(arrived.key());
        byte[] signed = signature.sign();
        signature.initVerify(made.certificate());
        assertTrue(signature.verify(signed));
    }

    @Test
    void thoseOfOneMachineHaveNoCertificateAndAreReadBackToo() throws Exception {
        ApplicationCredentials made = ApplicationCredentials.withoutCertificate();

        ApplicationCredentials arrived = ApplicationCredentials.read(new ByteArrayInputStream(written(made)));

        assertFalse(arrived.hasCertificate());
        assertArrayEquals(written(made), written(arrived));
    }

    @Test
    void whatIsCutOrNoneIsRefusedAndNotQuoted() throws Exception {
        byte[] whole = written(ApplicationCredentials.withCertificate());
        for (int length : new int[] {0, 31, 32, 40, whole.length - 1}) {
            assertThrows(
                    EOFException.class,
                    () -> ApplicationCredentials.read(new ByteArrayInputStream(Arrays.copyOf(whole, length))));
        }
        byte[] broken = whole.clone();
        Arrays.fill(broken, 40, 60, (byte) 'x');

        IOException refusal =
                assertThrows(IOException.class, () -> ApplicationCredentials.read(new ByteArrayInputStream(broken)));

        assertEquals("the application's credentials are malformed", refusal.getMessage());
        byte[] long32 = Arrays.copyOf(whole, whole.length);
        Arrays.fill(long32, 33, 37, (byte) 0x7F);
        assertThrows(IOException.class, () -> ApplicationCredentials.read(new ByteArrayInputStream(long32)));
    }

    @Test
    void theyPrintNothingOfThemselves() {
        assertEquals(
                ApplicationCredentials.withoutCertificate().toString(),
                ApplicationCredentials.withCertificate().toString());
    }
}

package dev.kindling.rpc;

/** The same blocks, encrypted. What peers say in the clear by themselves is left out: they are sent away before. */
class EncryptedBlockTransferTest extends BlockTransferTest {
    @Override
    ApplicationCredentials newCredentials() {
        return ApplicationCredentials.withCertificate();
    }

    /** Java encrypts slowly until it has compiled how. */
    @Override
    int divisor() {
        return 16;
    }

    @Override
    void aHolderThatSendsMoreThanItAnnouncedIsCutOff() {
        // In the clear only.
    }

    @Override
    void aHolderThatSendsMoreThanItHasCreditForIsCutOff() {
        // In the clear only.
    }

    @Override
    void randomBytesBehindARightHandshakeCloseTheConnectionAndCostLittle() {
        // In the clear only.
    }
}

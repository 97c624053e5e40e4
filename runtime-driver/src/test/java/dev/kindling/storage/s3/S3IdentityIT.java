package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.TaskContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.regions.Region;

/** Every way of telling AWS's tools who one is, on the driver and in executor processes. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class S3IdentityIT {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final String ROLE = "arn:aws:iam::123456789012:role/kindling-test";
    private static final String KEY = "AKIAIDENTITYOFTEST01";
    private static final String SECRET = "canary-identity-secret";
    private static final String ISSUED = "ASIAISSUEDTEMPORARY1";
    private static final String ISSUED_SECRET = "canary-issued-secret";

    @TempDir
    Path scratch;

    private final Map<String, String> changedProperties = new TreeMap<>();
    private TestBucket bucket;
    private String identities;

    @BeforeEach
    void open() {
        bucket = new TestBucket();
        bucket.put("in", "one\ntwo\n");
        bucket.server.tell("user " + KEY + " " + SECRET + " rw");
        bucket.server.tell("user " + ISSUED + " " + ISSUED_SECRET + " rw");
        identities = bucket.server.tell("identities " + ISSUED);
        bucket.server.tell("signers");
    }

    @AfterEach
    void close() {
        changedProperties.keySet().forEach(System::clearProperty);
        bucket.close();
    }

    private void set(String property, String value) {
        changedProperties.put(property, value);
        System.setProperty(property, value);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(scratch.resolve(name), content).toString();
    }

    // ---- programs -------------------------------------------------------------------------------------------------

    /** Where a program's identity may be from. */
    private enum Place {
        ENVIRONMENT(KEY),
        PROFILE_OF_TWO_FILES(KEY),
        PROFILE_WITH_ROLE(ISSUED),
        PROFILE_SIGNED_ON(ISSUED),
        ROLE_OF_SETTINGS(ISSUED),
        WEB_IDENTITY(ISSUED),
        CONTAINER(ISSUED),
        INSTANCE(ISSUED);

        private final String signer;

        Place(String signer) {
            this.signer = signer;
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aProgramReadsAndWritesAsWhoItsVariablesSayAndSoDoItsExecutors(Place place) throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of("kindling.master", "local-cluster[1,1,128]"));
        Map<String, String> variables = variablesOf(place, settings);

        assertCopiesAs(place, run(variables, settings));
    }

    /** Executors inherit variables, but no properties. */
    @ParameterizedTest
    @EnumSource(Place.class)
    void aProgramReadsAndWritesAsWhoItsPropertiesSayAndSoDoItsExecutors(Place place) throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of("kindling.master", "local-cluster[1,1,128]"));
        variablesOf(place, settings).forEach((name, value) -> settings.put(propertyOf(name), value));

        assertCopiesAs(place, run(Map.of(), settings));
    }

    private void assertCopiesAs(Place place, String said) {
        assertTrue(said.contains("copied 2 lines"), said);
        assertEquals(place.signer, bucket.server.tell("signers"));
        assertFalse(said.contains("canary"), said);
    }

    /** As the AWS SDK names them: {@code aws.roleArn} for {@code AWS_ROLE_ARN}, with one exception. */
    private static String propertyOf(String variable) {
        if (variable.equals("AWS_EC2_METADATA_DISABLED")) {
            return "aws.disableEc2Metadata";
        }
        return "aws."
                + Pattern.compile("_(.)")
                        .matcher(variable.substring("AWS_".length()).toLowerCase(Locale.ROOT))
                        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    /** Those of a program whose identity is there. */
    private Map<String, String> variablesOf(Place place, Map<String, String> settings) throws Exception {
        Map<String, String> variables =
                new TreeMap<>(Map.of("AWS_REGION", "eu-central-1", "AWS_ENDPOINT_URL_S3", bucket.server.url()));
        if (place != Place.INSTANCE) {
            variables.put("AWS_EC2_METADATA_DISABLED", "true");
        }
        switch (place) {
            case ENVIRONMENT -> putKeys(variables);
            case PROFILE_OF_TWO_FILES -> {
                variables.put("AWS_PROFILE", "work");
                variables.remove("AWS_ENDPOINT_URL_S3");
                variables.remove("AWS_REGION");
                variables.put(
                        "AWS_CONFIG_FILE",
                        file(
                                "config",
                                "[profile work]\nregion = eu-west-3\nservices = mine\n[services mine]\ns3 =\n"
                                        + "  endpoint_url = " + bucket.server.url() + "\n"));
                putCredentialsFile(variables, "work");
            }
            case PROFILE_WITH_ROLE -> {
                variables.put("AWS_PROFILE", "assumed");
                variables.put("AWS_ENDPOINT_URL_STS", identities);
                variables.put(
                        "AWS_CONFIG_FILE",
                        file("config", "[profile assumed]\nrole_arn = " + ROLE + "\nsource_profile = base\n"));
                putCredentialsFile(variables, "base");
            }
            case PROFILE_SIGNED_ON -> {
                variables.put("AWS_PROFILE", "portal");
                variables.put("AWS_ENDPOINT_URL_SSO", identities);
                variables.put("AWS_CONFIG_FILE", configOfPortal("kindling-session"));
                putPortalToken("kindling-session");
            }
            case ROLE_OF_SETTINGS -> {
                putKeys(variables);
                variables.put("AWS_ENDPOINT_URL_STS", identities);
                settings.put("kindling.s3.roleArn", ROLE);
            }
            case WEB_IDENTITY -> {
                variables.put("AWS_ENDPOINT_URL_STS", identities);
                variables.put("AWS_ROLE_ARN", ROLE);
                variables.put("AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "web-identity-token"));
            }
            case CONTAINER -> {
                variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", identities + "/container");
                variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token");
            }
            case INSTANCE -> variables.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", identities);
        }

        return variables;
    }

    private static void putKeys(Map<String, String> variables) {
        variables.put("AWS_ACCESS_KEY_ID", KEY);
        variables.put("AWS_SECRET_ACCESS_KEY", SECRET);
    }

    private void putCredentialsFile(Map<String, String> variables, String profile) throws IOException {
        variables.put(
                "AWS_SHARED_CREDENTIALS_FILE",
                file(
                        "credentials",
                        "[" + profile + "]\naws_access_key_id = " + KEY + "\naws_secret_access_key = " + SECRET
                                + "\n"));
    }

    /** What {@code aws configure sso} writes. */
    private String configOfPortal(String session) throws IOException {
        return file(
                "config",
                "[profile portal]\nsso_session = " + session + "\nsso_account_id = 123456789012\n"
                        + "sso_role_name = kindling-test\n[sso-session " + session + "]\n"
                        + "sso_region = eu-central-1\nsso_start_url = https://kindling.example/start\n");
    }

    /** What {@code aws sso login} leaves below the home directory, under a digest of the session's name. */
    private void putPortalToken(String session) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(session.getBytes(StandardCharsets.UTF_8));
        Path token = scratch.resolve(".aws/sso/cache/" + HexFormat.of().formatHex(digest) + ".json");
        Files.createDirectories(token.getParent());
        Files.writeString(
                token,
                "{\"startUrl\":\"https://kindling.example/start\",\"region\":\"eu-central-1\","
                        + "\"accessToken\":\"portal-token\",\"expiresAt\":\""
                        + Instant.now().plusSeconds(86_400).truncatedTo(ChronoUnit.SECONDS) + "\"}");
    }

    /** What a program in a process of its own says. */
    private String run(Map<String, String> variables, Map<String, String> settings) throws Exception {
        Path output = scratch.resolve("output");
        Process program = CopyProgram.start(
                scratch, output, variables, settings, List.of(bucket.path("in"), bucket.path("out"), "1"));
        try {
            assertTrue(program.waitFor(200, TimeUnit.SECONDS), "the program hangs");
        } finally {
            program.destroyForcibly();
        }
        return Files.readString(output);
    }

    // ---- in this process ------------------------------------------------------------------------------------------

    private String readIn() throws IOException {
        return S3Objects.read(bucket.calls(), S3Path.parse(bucket.path("in"))).orElseThrow();
    }

    private KindlingException refused() {
        KindlingException refused = assertThrows(KindlingException.class, this::readIn);
        assertTrue(refused.getMessage().contains(bucket.path("in")), refused.getMessage());
        assertFalse(refused.getMessage().contains("canary"), refused.getMessage());
        return refused;
    }

    private void beNobody() {
        set("aws.disableEc2Metadata", "true");
        set("aws.region", "eu-central-1");
        TestBucket.actAsNobody();
    }

    @Test
    void aPublicBucketIsReadByAnybodyWhoDoesNotSign() throws IOException {
        bucket.server.tell("public " + bucket.name + " in");
        beNobody();
        bucket.reconfigure("kindling.s3.anonymous", "true");

        assertEquals("one\ntwo\n", readIn());

        assertEquals("", bucket.server.tell("signers"));
        assertEquals("credentials: anonymous", bucket.calls().who());
    }

    @Test
    void credentialsThatAreAboutToExpireAreRenewedWhileTheApplicationRuns() throws IOException {
        beNobody();
        set("aws.containerCredentialsFullUri", identities + "/container");
        set("aws.containerAuthorizationToken", "container-token");
        bucket.server.tell("issue " + ISSUED + " 5");
        bucket.reconfigure();
        assertEquals("one\ntwo\n", readIn());

        bucket.server.tell("user ASIARENEWEDTEMPORARY canary-renewed-secret ro");
        bucket.server.tell("issue ASIARENEWEDTEMPORARY 3600");
        bucket.server.tell("forget " + ISSUED);
        bucket.server.tell("signers");

        assertEquals("one\ntwo\n", readIn());
        assertEquals("ASIARENEWEDTEMPORARY", bucket.server.tell("signers"));
    }

    @Test
    void driverAndExecutorsArePreparedBeforeAnyPathIsUsedAndOnlyWhereThatIsWanted() {
        beNobody();
        set("aws.containerCredentialsFullUri", identities + "/container");
        set("aws.containerAuthorizationToken", "container-token");
        KindlingConf conf = new KindlingConf(false)
                .setMaster("local-cluster[2,1,128]")
                .setAll(bucket.entries)
                .set("kindling.scratch.dirs", scratch.toString());
        bucket.server.tell("given");

        try (KindlingContext kindling = new KindlingContext(conf)) {
            assertEquals(10, kindling.range(0, 10, 1, 2).count());
        }
        assertEquals("0", bucket.server.tell("given"));

        int given = 0;
        try (KindlingContext kindling = new KindlingContext(conf.set("kindling.storage.prepare", "s3"))) {
            while (given < 3) {
                given += Integer.parseInt(bucket.server.tell("given"));
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            assertEquals(2, kindling.textFile(bucket.path("in")).count());
        }
        assertEquals(3, given + Integer.parseInt(bucket.server.tell("given")));
    }

    /** The driver's client is there when the first path has been listed; the first executor starts before that. */
    @Test
    void anExecutorThatStartsWhenAPathHasBeenUsedIsPreparedBeforeItUsesOne() {
        beNobody();
        set("aws.containerCredentialsFullUri", identities + "/container");
        set("aws.containerAuthorizationToken", "container-token");
        KindlingConf conf = new KindlingConf(false)
                .setMaster("local-cluster[1,1,128]")
                .setAll(bucket.entries)
                .set("kindling.scratch.dirs", scratch.toString());
        bucket.server.tell("given");

        try (KindlingContext kindling = new KindlingContext(conf)) {
            assertEquals(1, kindling.range(0, 1, 1, 1).count());
            kindling.textFile(bucket.path("in"));
            assertEquals("1", bucket.server.tell("given"));

            kindling.range(0, 1, 1, 1)
                    .map(i -> {
                        if (TaskContext.get().attemptNumber() == 0) {
                            Runtime.getRuntime().halt(137);
                        }
                        return i;
                    })
                    .count();
            while (bucket.server.tell("given").equals("0")) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Test
    void anExpiredTokenIsToldAsSuch() {
        bucket.server.tell("fail getBlob 400 ExpiredToken 1");

        KindlingException expired = refused();

        assertEquals(ErrorCode.BAD_CREDENTIALS, expired.code());
        assertTrue(expired.getMessage().contains("expired or not valid (ExpiredToken)"), expired.getMessage());
        assertTrue(expired.getMessage().contains("access key ...ROOT, request "), expired.getMessage());
    }

    @Test
    void aRoleThatMayNotBeAssumedIsNamedWithWhoAskedForIt() {
        set("aws.endpointUrlSts", identities);
        set("aws.region", "eu-central-1");
        bucket.reconfigure("kindling.s3.roleArn", ROLE + "-of-others");

        KindlingException denied = refused();

        assertEquals(ErrorCode.BAD_CREDENTIALS, denied.code());
        for (String part : List.of(
                "the role " + ROLE + "-of-others cannot be assumed: the answer is 403 AccessDenied",
                "trust policy",
                "credentials: system properties",
                "request sts-request-")) {
            assertTrue(denied.getMessage().contains(part), part + " is not in " + denied.getMessage());
        }
    }

    @Test
    void aTokenServiceThatCannotBeReachedIsTriedWithinTheBudgetOfRequests() {
        set("aws.endpointUrlSts", "http://127.0.0.1:1");
        set("aws.region", "eu-central-1");
        bucket.reconfigure("kindling.s3.roleArn", ROLE, "kindling.s3.tries", "2");

        KindlingException silent = refused();

        assertEquals(ErrorCode.NO_CREDENTIALS, silent.code());
        assertTrue(silent.getMessage().contains("Connection refused, after 2 tries in"), silent.getMessage());
    }

    @Test
    void aPlaceThatRefusesIsNamedAmongThoseThatHaveNone() throws IOException {
        beNobody();
        set("aws.endpointUrlSts", identities);
        set("aws.roleArn", ROLE);
        set("aws.webIdentityTokenFile", file("token", "another token"));
        bucket.reconfigure();

        KindlingException nobody = refused();

        assertEquals(ErrorCode.NO_CREDENTIALS, nobody.code());
        assertTrue(
                nobody.getMessage().contains("web identity token (AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN): Not"),
                nobody.getMessage());
    }

    @Test
    void aProfileWhoseSessionIsOverSaysHowToSignOnAgain() throws IOException {
        set("aws.disableEc2Metadata", "true");
        set("aws.region", "eu-central-1");
        set("aws.configFile", configOfPortal("kindling-session-that-nobody-has"));
        bucket.reconfigure("kindling.s3.profile", "portal");

        KindlingException over = refused();

        assertEquals(ErrorCode.NO_CREDENTIALS, over.code());
        assertTrue(over.getMessage().contains("run aws sso login --profile portal"), over.getMessage());
    }

    // ---- places ---------------------------------------------------------------------------------------------------

    @Test
    void aServerThatDoesNotListenIsNamedByItsAddress() {
        bucket.reconfigure("kindling.s3.endpoint", "http://127.0.0.1:1", "kindling.s3.tries", "2");

        KindlingException refused = refused();

        assertEquals(ErrorCode.THROTTLED, refused.code());
        assertTrue(
                refused.getMessage().contains("no server answers: Connect to http://127.0.0.1:1"),
                refused.getMessage());
        assertTrue(refused.getMessage().contains("Connection refused, after 2 tries in"), refused.getMessage());
    }

    @Test
    void withoutARegionAwsIsNotAsked() {
        set("aws.disableEc2Metadata", "true");
        set("aws.configFile", scratch.resolve("none").toString());
        bucket.reconfigure("kindling.s3.endpoint", "");

        KindlingException nowhere = assertThrows(KindlingException.class, this::readIn);

        assertEquals(ErrorCode.NO_REGION, nowhere.code());
        assertTrue(nowhere.getMessage().contains("set AWS_REGION or kindling.s3.region"), nowhere.getMessage());
    }

    @Test
    void anInstanceIsAskedForTheRegionWhereNothingElseNamesIt() {
        set("aws.ec2MetadataServiceEndpoint", identities);
        set("aws.configFile", scratch.resolve("none").toString());
        bucket.reconfigure("kindling.s3.endpoint", "");

        assertEquals(Region.of("eu-north-1"), bucket.calls().connection().region());
    }

    @Test
    void aServerOfAnotherRegionIsToldWithItsNameAndWhoPaysIsSaid() throws IOException {
        try (RecordingServer server = new RecordingServer()) {
            bucket.reconfigure("kindling.s3.endpoint", server.url(), "kindling.s3.requesterPays", "true");

            KindlingException elsewhere = refused();

            assertEquals(ErrorCode.BAD_CONFIGURATION, elsewhere.code());
            assertTrue(
                    elsewhere
                            .getMessage()
                            .contains("another region (PermanentRedirect); set kindling.s3.region or"
                                    + " AWS_REGION to ap-south-1"),
                    elsewhere.getMessage());
            assertEquals("requester", server.lastHeader("x-amz-request-payer"));
        }
    }
}

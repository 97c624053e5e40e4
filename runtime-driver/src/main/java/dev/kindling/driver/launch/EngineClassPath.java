package dev.kindling.driver.launch;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.ExecutorMain;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jars an executor process needs: core, executor and their libraries, found from where this JVM loaded them, so
 * that no home directory and no variable has to be set. Inside a Spring Boot jar they are jars in a jar and are copied
 * out first.
 */
final class EngineClassPath {
    // One class of every jar; those of libraries by name, for nothing here may call them.
    private static final List<String> ONE_CLASS_OF_EACH = List.of(
            ExecutorMain.class.getName(),
            KindlingException.class.getName(),
            "io.netty.buffer.ByteBuf",
            "io.netty.util.AttributeMap",
            "io.netty.channel.Channel",
            "io.netty.channel.unix.UnixChannel",
            "io.netty.handler.codec.ByteToMessageDecoder",
            "io.netty.handler.ssl.SslHandler",
            "io.netty.resolver.NameResolver",
            "com.esotericsoftware.kryo.kryo5.Kryo",
            "org.slf4j.Logger");

    /** The same for libraries of stores, which a program may do without; last, for most applications use none. */
    private static final List<String> ONE_CLASS_OF_EACH_OPTIONAL = List.of(
            "org.apache.hadoop.fs.FileSystem",
            "org.apache.hadoop.shaded.com.ctc.wstx.stax.WstxInputFactory",
            "org.apache.commons.logging.LogFactory",
            "com.github.luben.zstd.ZstdInputStream",
            "software.amazon.awssdk.services.s3.S3Client",
            "software.amazon.awssdk.services.sts.StsClient",
            "software.amazon.awssdk.http.apache5.Apache5HttpClient",
            "software.amazon.awssdk.protocols.xml.XmlOperationMetadata",
            "software.amazon.awssdk.protocols.query.AwsQueryProtocolFactory",
            "software.amazon.awssdk.protocols.core.StringToInstant",
            "software.amazon.awssdk.protocols.jsoncore.JsonNode",
            "software.amazon.awssdk.arns.Arn",
            "software.amazon.awssdk.profiles.ProfileFile",
            "software.amazon.awssdk.crtcore.CrtRequestBodyAdapter",
            "software.amazon.awssdk.http.auth.signer.BearerHttpSigner",
            "software.amazon.awssdk.http.auth.spi.signer.HttpSigner",
            "software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner",
            "software.amazon.awssdk.http.auth.aws.eventstream.HttpAuthAwsEventStream",
            "software.amazon.awssdk.http.SdkHttpClient",
            "software.amazon.awssdk.identity.spi.IdentityProperty",
            "software.amazon.awssdk.checksums.SdkChecksum",
            "software.amazon.awssdk.checksums.spi.ChecksumAlgorithm",
            "software.amazon.awssdk.retries.api.RetryStrategy",
            "software.amazon.awssdk.retries.DefaultRetryStrategy",
            "software.amazon.awssdk.core.SdkClient",
            "software.amazon.awssdk.auth.credentials.AwsCredentials",
            "software.amazon.awssdk.regions.Region",
            "software.amazon.awssdk.annotations.SdkPublicApi",
            "software.amazon.awssdk.utils.IoUtils",
            "software.amazon.awssdk.utilslite.SdkInternalThreadLocal",
            "software.amazon.awssdk.awscore.AwsClient",
            "software.amazon.awssdk.metrics.SdkMetric",
            "software.amazon.awssdk.thirdparty.jackson.core.JsonFactory",
            "software.amazon.awssdk.endpoints.EndpointAttributeKey",
            "software.amazon.eventstream.Checksums",
            "org.reactivestreams.Publisher",
            "org.apache.hc.client5.http.HttpRoute",
            "org.apache.hc.core5.http2.H2ConnectionException",
            "org.apache.hc.core5.http.HttpRequest");

    private EngineClassPath() {}

    /**
     * Jars and directories in no order that matters.
     *
     * @param scratch where jars inside jars are copied to
     */
    static List<Path> find(Path scratch) {
        Set<Path> entries = new LinkedHashSet<>();
        for (String className : ONE_CLASS_OF_EACH) {
            entries.add(entryOf(className, scratch));
        }
        for (String className : ONE_CLASS_OF_EACH_OPTIONAL) {
            optionalEntryOf(className, scratch).ifPresent(entries::add);
        }
        return List.copyOf(entries);
    }

    /** Found without loading the class: most applications use none of them. */
    private static Optional<Path> optionalEntryOf(String className, Path scratch) {
        String resource = className.replace('.', '/') + ".class";
        URL found = EngineClassPath.class.getClassLoader().getResource(resource);
        if (found == null) {
            return Optional.empty();
        }
        String text = found.toString();
        String entry = text.substring(0, text.length() - resource.length());
        boolean isPlainJar = entry.startsWith("jar:file:") && entry.indexOf("!/") == entry.length() - 2;
        try {
            return Optional.of(local(new URL(isPlainJar ? entry.substring(4, entry.length() - 2) : entry), scratch));
        } catch (IOException | URISyntaxException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot use " + entry + " for executor processes: " + e.getMessage(),
                    e);
        }
    }

    private static Path entryOf(String className, Path scratch) {
        try {
            CodeSource source = Class.forName(className, false, EngineClassPath.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource();
            if (source == null || source.getLocation() == null) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "cannot find the jar of " + className + ", which executor processes need: its class loader"
                                + " does not say; use master local[n], or load the library from jar files");
            }
            return local(source.getLocation(), scratch);
        } catch (ClassNotFoundException | IOException | URISyntaxException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot find the jar of " + className + ", which executor processes need: " + e.getMessage(),
                    e);
        }
    }

    /** The file behind a class path URL; a jar inside a jar is copied out. */
    static Path local(URL location, Path scratch) throws IOException, URISyntaxException {
        if (location.getProtocol().equals("file")) {
            return Path.of(location.toURI()).toAbsolutePath().normalize();
        }
        // jar:file:/app.jar!/BOOT-INF/lib/x.jar!/ or, since Spring Boot 3.2, jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/
        String text = location.toString().replace("/!", "!/");
        String[] parts = text.substring(text.indexOf(":/") + 1).split("!/");
        if (!text.startsWith("jar:") || parts.length < 2) {
            throw new IOException("class path entry " + location + " is neither a file nor a jar in one");
        }
        return copyOut(Path.of(new URI("file:" + parts[0])), parts[1], scratch);
    }

    private static Path copyOut(Path outer, String inner, Path scratch) throws IOException {
        Path target = scratch.resolve(inner.substring(inner.lastIndexOf('/') + 1));
        try (ZipFile zip = new ZipFile(outer.toFile())) {
            ZipEntry entry = zip.getEntry(inner);
            if (entry == null) {
                throw new IOException(outer + " has no entry " + inner);
            }
            Files.createDirectories(scratch);
            try (var in = zip.getInputStream(entry)) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return target;
    }
}

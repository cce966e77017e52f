// TikaRun THREADS OUT FOLDER...: every file of the folders through Tika's AutoDetectParser in one warm JVM, OCR off.
// The texts go to files in OUT, for something else to search; what failed is said on standard error, with the
// processor seconds spent before the first file, so that the start can be told from the work.
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.tika.config.TikaConfig;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.parser.*;
import org.apache.tika.sax.BodyContentHandler;

public class TikaRun {
    static final String NO_OCR = "<properties><parsers><parser class=\"org.apache.tika.parser.DefaultParser\">"
        + "<parser-exclude class=\"org.apache.tika.parser.ocr.TesseractOCRParser\"/></parser></parsers></properties>";

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        Path out = Paths.get(arguments[1]);
        List<Path> files = new ArrayList<>();
        for (String folder : Arrays.copyOfRange(arguments, 2, arguments.length)) {
            try (var walk = Files.walk(Paths.get(folder))) { walk.filter(Files::isRegularFile).sorted().forEach(files::add); }
        }
        AutoDetectParser parser =
            new AutoDetectParser(new TikaConfig(new ByteArrayInputStream(NO_OCR.getBytes(StandardCharsets.UTF_8))));
        double start = cpu();
        AtomicInteger failed = new AtomicInteger(), number = new AtomicInteger();
        ExecutorService workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(null, task, "reader", 64 << 20);
            thread.setDaemon(true);
            return thread;
        });
        List<Future<?>> answers = new ArrayList<>();
        for (Path file : files) {
            answers.add(workers.submit(() -> {
                Metadata metadata = new Metadata();
                try (InputStream stream = TikaInputStream.get(file, metadata)) {
                    BodyContentHandler text = new BodyContentHandler(-1);
                    ParseContext context = new ParseContext();
                    context.set(Parser.class, parser);
                    parser.parse(stream, text, metadata, context);
                    Files.writeString(out.resolve(number.getAndIncrement() + ".txt"), text.toString());
                } catch (Throwable error) {
                    failed.incrementAndGet();
                }
            }));
        }
        for (Future<?> answer : answers) {
            try {
                answer.get(120, TimeUnit.SECONDS);
            } catch (TimeoutException error) {
                answer.cancel(true);
                failed.incrementAndGet();
            }
        }
        System.err.printf("%ntally {\"failed\": %d, \"start_cpu\": %.3f}%n", failed.get(), start);
        System.exit(0);
    }

    static double cpu() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}

// Texts in PrivateBin's format, version 2: PBKDF2 over a random key and a password, AES-GCM, JSON, deflated. What is wrong
// is an Error whose message is one of "insecure", "old", "key", "locked" and "damaged".
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const ROUNDS = 100_000;
const SHORTEST = 40; // Characters of a whole key: with fewer, the address was cut off.
const MOST = 100_000_000; // Bytes of an opened text: what has more was made to fill the reader's memory.

const encoder = new TextEncoder();
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function encodeKey(bytes) {
  let digits = "";
  for (let number = BigInt(`0x${hex(bytes)}`); number > 0n; number /= 58n) digits = ALPHABET[Number(number % 58n)] + digits;
  return "1".repeat(bytes.findIndex((byte) => byte > 0)) + digits;
}

// Of an address's fragment. Programs put a minus before the key to have a question asked first, mailers parameters behind it.
export function decodeKey(fragment) {
  const text = fragment.replace(/^#-?/, "").replace(/[&?].*$/s, "");
  let number = 0n;
  for (const digit of text) {
    if (!ALPHABET.includes(digit)) return null;
    number = number * 58n + BigInt(ALPHABET.indexOf(digit));
  }
  const digits = number.toString(16).padStart(64, "0");
  if (text.length < SHORTEST || digits.length > 64) return null;
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function requireTools() {
  if (!isSecureContext) throw new Error("insecure");
  try {
    new DecompressionStream("deflate-raw");
  } catch {
    throw new Error("old");
  }
}

async function through(stream, bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    chunks.push(value);
    if ((size += value.length) > MOST) {
      await reader.cancel();
      throw new RangeError("too long");
    }
  }
}

async function parameters(key, password, adata) {
  const [iv, salt, rounds, length, tagLength] = adata[0];
  const secret = new Uint8Array([...key, ...encoder.encode(password)]);
  const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations: rounds };
  const derived = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length }, false, ["encrypt", "decrypt"]);
  return [{ name: "AES-GCM", iv: fromBase64(iv), additionalData: encoder.encode(JSON.stringify(adata)), tagLength }, derived];
}

// The text and what is attached to it, as [name, address] of data.
export async function open(sealed, fragment, password = "") {
  requireTools();
  const key = decodeKey(fragment);
  if (!key) throw new Error("key");
  let packed;
  try {
    packed = await crypto.subtle.decrypt(...(await parameters(key, password, sealed.adata)), fromBase64(sealed.ct));
  } catch {
    throw new Error("locked"); // A wrong password, a wrong key, a changed text: nobody can tell which.
  }
  try {
    const bytes = sealed.adata[0][7] === "zlib" ? await through(new DecompressionStream("deflate-raw"), packed) : packed;
    const { paste = "", attachment = [], attachment_name: names = [] } = JSON.parse(new TextDecoder().decode(bytes));
    const all = [].concat(names);
    return { text: String(paste), attachments: [].concat(attachment).map((data, index) => [String(all[index] ?? ""), String(data)]) };
  } catch {
    throw new Error("damaged");
  }
}

// The document to publish, and the key for its address.
export async function seal(text, { password = "", burn = false } = {}) {
  requireTools();
  const key = random(32);
  const adata = [[toBase64(random(16)), toBase64(random(8)), ROUNDS, 256, 128, "aes", "gcm", "zlib"], "plaintext", 0, Number(burn)];
  const packed = await through(new CompressionStream("deflate-raw"), encoder.encode(JSON.stringify({ paste: text })));
  const ct = await crypto.subtle.encrypt(...(await parameters(key, password, adata)), packed);
  return { document: JSON.stringify({ v: 2, adata, ct: toBase64(new Uint8Array(ct)) }), key: encodeKey(key) };
}

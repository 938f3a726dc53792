// What the phone keeps, in IndexedDB. Every write is on disk (durability "strict") before its promise is fulfilled.

const NAME = "doorstep";
const STORES = {
  meta: {}, // install_id, the key that seals, settings
  carers: { keyPath: "id" }, // one row for each carer who enrolled on this phone: her key, her chain, her sealed rota
  taps: { keyPath: "n", autoIncrement: true }, // recorded and not signed yet
  outbox: { keyPath: ["carer", "seq"] }, // signed, and no receipt held yet
  marks: { keyPath: ["carer", "about"] }, // what was recorded of a visit or of an activity, by ids alone
  receipts: { keyPath: "n", autoIncrement: true }, // what the server signed for
  outcomes: { keyPath: "id" }, // events that were not simply accepted
  letters: { keyPath: "id" }, // signed corrections that wait for the network
};

let opening = null;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      db.onclose = forget;
      resolve(db);
    };
  });
  opening.catch(forget);
  return opening;
}

function forget() {
  opening = null;
}

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const METHODS = ["get", "getAll", "put", "add", "delete", "count", "clear", "getAllKeys"];

function wrapped(store) {
  return Object.fromEntries(METHODS.map((name) => [name, (...given) => answered(store[name](...given))]));
}

async function begun(mode, names) {
  try {
    return (await opened()).transaction(names, mode, { durability: "strict" });
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    forget(); // the browser closed the database under us
    return (await opened()).transaction(names, mode, { durability: "strict" });
  }
}

async function run(mode, names, work) {
  const transaction = await begun(mode, names);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("The work was given up.", "AbortError"));
  });
  const stores = Object.fromEntries(names.map((name) => [name, wrapped(transaction.objectStore(name))]));
  try {
    const result = await work(stores);
    await done;
    return result;
  } catch (error) {
    done.catch(() => {});
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw error;
  }
}

// `work` gets the named stores and may await nothing but them: a transaction ends when it is left idle.
export const read = (names, work) => run("readonly", names, work);
export const write = (names, work) => run("readwrite", names, work);

export const all = (name, range) => read([name], (stores) => stores[name].getAll(range));
export const one = (name, key) => read([name], (stores) => stores[name].get(key));
export const put = (name, value, ...key) => write([name], (stores) => stores[name].put(value, ...key));

// All rows of a store whose key is [carer, anything].
export const ofCarer = (carer) => IDBKeyRange.bound([carer], [carer, []]);

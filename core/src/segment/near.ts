import type { ContactState } from '../contact/contact-state.ts';
import { traitAt } from '../contact/traits.ts';

/** Names of the traits in which a place may be told. */
export const PLACE_TRAITS = ['latitude', 'longitude', 'address', 'location'];

const EARTH_RADIUS_KM = 6371.0088;

/** Whether the contact's place is known and lies at most so far away as the crow flies (haversine formula). */
export function isNear(contact: ContactState, { latitude, longitude, radiusKm }: { latitude: number; longitude: number; radiusKm: number }): boolean {
  for (const prefix of ['', 'address.', 'location.']) {
    const lat = numberAt(contact, `${prefix}latitude`);
    const lon = numberAt(contact, `${prefix}longitude`);
    if (lat !== null && lon !== null) return distanceKm([lat, lon], [latitude, longitude]) <= radiusKm;
  }
  return false;
}

function numberAt(contact: ContactState, path: string): number | null {
  const value = traitAt(contact, path.split('.', 1)[0] ?? path, path);
  return typeof value === 'number' ? value : null;
}

/** Great-circle distance of two places given in degrees. */
export function distanceKm([latA, lonA]: readonly [number, number], [latB, lonB]: readonly [number, number]): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const a = Math.sin(radians(latB - latA) / 2) ** 2 + Math.cos(radians(latA)) * Math.cos(radians(latB)) * Math.sin(radians(lonB - lonA) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(a)));
}
